namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Control characters and terminal escapes: bells, backspaces, cursor moves, line separators, C1, private use.</summary>
internal static class ControlCharacters
{
    private static readonly string[] Pieces =
    [
        "\a", "\b", "\v", "\f", "\u007F", "\u0085", "\u2028", "\u2029", "\u001A", "\u0004", "\uFFFE", "\uE000", "\r",
        "\u001B[2J", "\u001B[31m", "\u001B]0;title\a", "\u009B1A",
    ];

    public static Mutator Mutator { get; } = new(
        "control", "control", "Control characters and terminal escapes", KeepsMeaning: false,
        [new("count", "count", "6", "Pieces put in")])
    {
        Text = (text, mutation) => mutation.Insert(text, mutation.Count("count", 6, 10_000), () => mutation.Random.Pick(Pieces)),
    };
}
