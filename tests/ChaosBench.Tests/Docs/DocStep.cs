namespace ChaosBench.Tests.Docs;

/// <summary>One documented command in its place in a story: what makes it short here, and how it must end.</summary>
/// <param name="Command">As the page has it, behind the program's name.</param>
internal sealed record DocStep(string Command)
{
    /// <summary>Exit codes that are right. Null, for runs: the one that the run itself wrote into its summary.</summary>
    public int[]? Codes { get; init; }

    /// <summary>Options behind it, where the command as it stands takes minutes.</summary>
    public string More { get; init; } = "";

    /// <summary>Words that become others here: a budget, an instant, a made-up host.</summary>
    public (string Word, string By)[] Instead { get; init; } = [];

    /// <summary>What the page's story has done before: shell, in the same folder.</summary>
    public string Before { get; init; } = "";

    /// <summary>More of the same at the same time, each with these words instead.</summary>
    public (string Word, string By)[][] Beside { get; init; } = [];

    /// <summary>For what goes on until it is told to end: what it says when it is ready.</summary>
    public string? Ready { get; init; }

    /// <summary>Shell, once it is ready: the requests of the page's clients.</summary>
    public string Clients { get; init; } = "";

    /// <summary>Done while it goes on; behind them it is interrupted, unless it <see cref="EndsAlone"/>.</summary>
    public DocStep[] While { get; init; } = [];

    public bool EndsAlone { get; init; }

    /// <summary>This step and those within it.</summary>
    public IEnumerable<DocStep> All() => While.SelectMany(step => step.All()).Prepend(this);

    public static DocStep Ok(string command, string more = "") => new(command) { More = more, Codes = [0] };
}
