using ChaosBench.Reports.Content;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>Wrong answers side by side with what was expected. Texts are redacted before they reach a file, and hostile all the same.</summary>
internal static class AnswerSection
{
    /// <summary>A reader compares; a page that scrolls for minutes compares nothing.</summary>
    private const int MaxText = 1200;

    public static Markup Of(ReportModel model)
    {
        var answers = model.Facts.Answers;
        if (answers.Count == 0)
        {
            return Markup.Empty;
        }

        var lead = answers.Any(answer => answer.BaselineIsRight)
            ? "First those that the baseline got right. Underlined: said instead of what was expected; struck through: left out."
            : "Underlined: said instead of what was expected; struck through: left out.";
        return Parts.Section("answers", "Answers that were wrong", lead, Markup.Join(answers.Select((answer, index) => One(answer, index, model))));
    }

    private static Markup One(WorstAnswer answer, int index, ReportModel model)
    {
        var line = answer.Candidate;
        var prompt = line.Messages.Count > 0 ? line.Messages[^1].Content : "";
        return Markup.Of($"""
            <details class="answer"{Markup.If(index < 3, () => Markup.Of($" open"))}>
            <summary><code>{line.Key}</code> {Show.Words(Kebab.Of(line.Outcome))}, wrong by {answer.Why}{Markup.If(answer.BaselineIsRight, () => Markup.Of($"; the baseline was right"))}</summary>
            <dl class="texts">
            <div><dt>Prompt</dt><dd><pre tabindex="0">{Cut(prompt)}</pre></dd></div>
            {Markup.If(line.Expected is not null, () => Markup.Of($"""<div><dt>Expected</dt><dd><pre tabindex="0">{Cut(line.Expected!)}</pre></dd></div>"""))}
            <div><dt>{model.Candidate}</dt><dd>{Output(line)}</dd></div>
            {Markup.If(answer.Baseline is not null, () => Markup.Of($"""<div><dt>{answer.Baseline!.Target}</dt><dd>{Output(answer.Baseline)}</dd></div>"""))}
            </dl>
            </details>

            """);
    }

    /// <summary>The answer itself; what it says instead of the expected one is marked, and what it leaves out is struck through.</summary>
    private static Markup Output(ContentLine line)
    {
        if (line.Output is not { } output)
        {
            return Markup.Of($"<em>no answer</em>");
        }

        if (line.Expected is not { } expected || expected == output)
        {
            return Markup.Of($"""<pre tabindex="0">{Cut(output)}</pre>""");
        }

        var parts = WordDiff.Of(Start(expected), Start(output)).Select(part => part.Side switch
        {
            WordDiff.Side.First => Markup.Of($"""<del>{Cut(part.Text)}</del>"""),
            WordDiff.Side.Second => Markup.Of($"""<ins>{Cut(part.Text)}</ins>"""),
            _ => Cut(part.Text),
        });
        var more = output.Length - MaxText;
        return Markup.Of($"""<pre tabindex="0">{parts}{Markup.If(more > 0, () => Markup.Of($"… ({more} more characters)"))}</pre>""");
    }

    private static string Start(string text) => text.Length <= MaxText ? text
        : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];

    /// <summary>Line ends stay; everything else that cannot be seen is written out.</summary>
    private static Markup Cut(string text)
    {
        var more = text.Length - MaxText;
        var lines = (more > 0 ? text[..MaxText] : text).Split('\n')
            .Select((line, number) => number == 0 ? Markup.Of($"{line}") : Markup.Of($"\n{line}"));
        return Markup.Of($"{lines}{Markup.If(more > 0, () => Markup.Of($"… ({more} more characters)"))}");
    }
}
