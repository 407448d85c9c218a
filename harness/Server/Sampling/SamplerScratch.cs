namespace ChaosBench.Server.Sampling;

/// <summary>Working memory of the samplers of one replica, which run one after the other.</summary>
internal sealed class SamplerScratch(int vocabulary)
{
    public float[] Logits { get; } = new float[vocabulary];

    public float[] Weights { get; } = new float[vocabulary];

    public int[] Tokens { get; } = new int[vocabulary];
}
