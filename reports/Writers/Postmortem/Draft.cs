using System.Runtime.CompilerServices;

namespace ChaosBench.Reports.Writers.Postmortem;

/// <summary>A post-mortem as a document without a format: <c>postmortem.md</c> and <c>report.html</c> write the same one.</summary>
public sealed record Draft(string Scenario, string Verdict, string Headline, IReadOnlyList<DraftSection> Sections, string Replay);

public sealed record DraftSection(string Title, IReadOnlyList<DraftBlock> Blocks);

/// <summary>A closed set.</summary>
public abstract record DraftBlock
{
    private DraftBlock() { }

    public sealed record Paragraph(Said Text) : DraftBlock;

    public sealed record Points(IReadOnlyList<Said> Items) : DraftBlock;

    /// <param name="Heads">A name that begins with <c>#</c> heads a column of numbers.</param>
    public sealed record Grid(string Caption, IReadOnlyList<string> Heads, IReadOnlyList<IReadOnlyList<Said>> Rows) : DraftBlock;
}

/// <summary>Text in parts; none of it is markup of any format, and all of it may be hostile.</summary>
public sealed record Said(IReadOnlyList<SaidPart> Parts)
{
    public static Said Nothing { get; } = new([]);

    public static Said Of(Handler text) => text.Finish();

    public static Said Plain(string text) => new([new SaidPart(text, SaidKind.Plain)]);

    /// <summary>A name out of the run.</summary>
    public static SaidPart Name(string name) => new(name, SaidKind.Name);

    public static SaidPart Strong(string text) => new(text, SaidKind.Strong);

    [InterpolatedStringHandler]
    public readonly ref struct Handler(int literalLength, int formattedCount)
    {
        private readonly List<SaidPart> _parts = new((2 * formattedCount) + Math.Min(literalLength, 1));

        public void AppendLiteral(string literal) => _parts.Add(new SaidPart(literal, SaidKind.Plain));

        public void AppendFormatted(string? text) => _parts.Add(new SaidPart(text ?? "", SaidKind.Plain));

        public void AppendFormatted(SaidPart part) => _parts.Add(part);

        public void AppendFormatted(Said text) => _parts.AddRange(text.Parts);

        public Said Finish() => new(_parts);
    }
}

public enum SaidKind
{
    Plain,
    Name,
    Strong,
}

public sealed record SaidPart(string Text, SaidKind Kind);
