namespace ChaosBench.Scenarios.Files.Yaml;

/// <summary>Where a node stands. Lines and columns from 1.</summary>
/// <param name="Override">The path of the <c>--set</c> that it came from; null when it stands in the file.</param>
internal readonly record struct Place(int Line, int Column, string? Override = null)
{
    public Place Shift(int columns) => this with { Column = Column + columns };
}

/// <summary>A YAML value with its place. Immutable, so an alias is the same node once more.</summary>
internal abstract record Node(Place Place)
{
    /// <summary>Nodes in this one, itself included, aliases counted as often as they are used.</summary>
    public abstract long Size { get; }

    public abstract int Depth { get; }

    /// <summary>For messages: <c>a list</c>.</summary>
    public abstract string Noun { get; }
}

/// <param name="Quoted">Written with quotes or as a block: then it is text, whatever it looks like.</param>
/// <param name="TextStart">Columns from <see cref="Node.Place"/> to the first character of the text.</param>
internal sealed record Scalar(Place Place, string Text, bool Quoted, int TextStart = 0) : Node(Place)
{
    public override long Size => 1;
    public override int Depth => 1;

    public override string Noun => IsNull ? "nothing" : $"the value {Shown.Quoted(Text)}";

    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record ListNode(Place Place, IReadOnlyList<Node> Items) : Node(Place)
{
    public override long Size { get; } = 1 + Items.Sum(item => item.Size);
    public override int Depth { get; } = 1 + Items.Select(item => item.Depth).DefaultIfEmpty().Max();
    public override string Noun => "a list";
}

internal sealed record MapNode(Place Place, IReadOnlyList<MapEntry> Entries) : Node(Place)
{
    private readonly Dictionary<string, MapEntry> _byKey = Entries.ToDictionary(entry => entry.Key.Text, StringComparer.Ordinal);

    public override long Size { get; } = 1 + Entries.Sum(entry => 1 + entry.Value.Size);
    public override int Depth { get; } = 1 + Entries.Select(entry => entry.Value.Depth).DefaultIfEmpty().Max();
    public override string Noun => "a group of keys";

    public Node? Find(string key) => _byKey.GetValueOrDefault(key)?.Value;
}

internal sealed record MapEntry(Scalar Key, Node Value);
