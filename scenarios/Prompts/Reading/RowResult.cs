using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>What became of one row. A closed set.</summary>
internal abstract record RowResult
{
    private RowResult() { }

    public sealed record Read(
        string? Id, IReadOnlyList<ChatMessage> Messages, string? Expected, IReadOnlyDictionary<string, string> Tags) : RowResult
    {
        public IReadOnlyList<Assertion> Assertions { get; init; } = [];
    }

    /// <param name="Reason">Never quotes the row: it may be a secret in a file named by mistake.</param>
    public sealed record Unreadable(string Reason) : RowResult;

    public static RowResult Text(string text) => new Read(null, [new ChatMessage("user", text)], null, PromptTags.None);
}
