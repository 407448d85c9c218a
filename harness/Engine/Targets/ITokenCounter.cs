namespace ChaosBench.Engine.Targets;

/// <summary>A target's tokenizer, for answers whose tokens the target did not count. Called from one thread at a time.</summary>
public interface ITokenCounter
{
    /// <summary>Tokens of a text, without any that a template or an end would add.</summary>
    int Count(string text);
}
