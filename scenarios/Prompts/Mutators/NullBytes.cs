namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>NUL characters, sent as <c>\u0000</c>: what comes after them must not be lost.</summary>
internal static class NullBytes
{
    public static Mutator Mutator { get; } = new(
        "null-bytes", "control", "NUL characters inside the text", KeepsMeaning: false,
        [
            new("count", "count", "3", "NULs put in"),
            new("position", "text", "random", "start, middle, end or random"),
        ])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var count = mutation.Count("count", 3, 10_000);
        var nulls = new string('\0', count);
        return mutation.Text("position", "random") switch
        {
            "start" => nulls + text,
            "middle" => text.Insert(text.Length / 2, nulls),
            "end" => text + nulls,
            "random" => mutation.Insert(text, count, () => "\0"),
            var other => throw new PromptException($"with.position: {other} is not one of start, middle, end, random"),
        };
    }
}
