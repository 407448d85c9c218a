namespace ChaosBench.Harness;

/// <summary>The user asked for something that cannot be done; each line says where, what, and what would be right. Exit code 4.</summary>
public sealed class UsageException(IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public UsageException(string line)
        : this([line])
    {
    }

    public IReadOnlyList<string> Lines { get; } = lines;
}
