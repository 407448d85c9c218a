namespace ChaosBench.Scenarios.Prompts;

/// <summary>Prompts or a plan cannot be made as written. The message says where, what is wrong and what would be right.</summary>
public sealed class PromptException : Exception
{
    public PromptException(string message)
        : base(message)
    {
    }

    public PromptException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
