using ChaosBench.Reports.Statistics;

namespace ChaosBench.Tests.Reports.Statistics;

/// <summary>Samples that must be answered with a reason, never with a number.</summary>
internal static class Hostile
{
    public static readonly double[] Empty = [];
    public static readonly double[] One = [1.0];
    public static readonly double[] Alike = [5, 5, 5, 5, 5, 5];
    public static readonly double[] WithNaN = [1, 2, double.NaN, 4, 5, 6];
    public static readonly double[] Endless = [1, 2, double.PositiveInfinity, 4, 5, 6];
    public static readonly double[] Good = [1, 2, 4, 7, 11, 16];

    public static void Lacks<T>(LackKind kind, Answer<T> answer)
    {
        Assert.Equal(kind, answer.Lack?.Kind);
        Assert.NotEmpty(answer.Lack!.Reason);
        Assert.Throws<InvalidOperationException>(() => answer.Value);
    }
}
