using System.Globalization;
using ChaosBench.Reports.Calibrating;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The operating characteristic of a gate as SVG: the share of each verdict by the number of pairs, with Wilson's intervals.</summary>
internal static class GatePlot
{
    private const double Left = 56;
    private const double Right = 560;
    private const double Top = 12;
    private const double Bottom = 250;

    /// <summary>Dark enough on white, light enough on black; each line also has its own dashes and its name at its end.</summary>
    private static readonly (string Colour, string Dash)[] Styles =
        [("#c0392b", ""), ("#b8860b", "6 3"), ("#2e8b57", ""), ("#3a7bd5", "2 3"), ("#8e5bd0", "8 3 2 3"), ("#008b8b", "4 2"), ("#a0522d", "1 3"), ("#707070", "9 4")];

    public static Markup Of(GateErrors gate)
    {
        if (gate.Rows.Count < 2)
        {
            return Markup.Empty;
        }

        var lines = Lines(gate).ToList();
        var (least, most) = (Math.Log(gate.Rows[0].Pairs), Math.Log(gate.Rows[^1].Pairs));
        double X(int pairs) => Left + ((Math.Log(pairs) - least) / (most - least) * (Right - Left));
        return Markup.Of($"""
            <figure>
            <figcaption><strong>Verdicts by number of pairs</strong> <span class="note">dotted: the goals (5 %, 20 %, 80 %); bars: Wilson's 95 % intervals; the table has the numbers</span></figcaption>
            <svg viewBox="0 0 800 292" width="100%" role="img" aria-label="Line chart of the share of runs that fail or stay undecided, by number of pairs; the table below has the numbers." font-size="12" fill="currentColor">
            {new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 }.Select(share => Grid(share))}
            {new[] { GateGoals.MostFalseFailures, GateGoals.MostInconclusive, GateGoals.LeastFound }.Select(Goal)}
            {Ticks(gate, X)}
            {lines.Select((line, at) => Line(line, Styles[at % Styles.Length], X))}
            {Markup.If(gate.Pairs is not null, () => Markup.Of($"""<line x1="{X(gate.Pairs!.Value)}" x2="{X(gate.Pairs.Value)}" y1="{Top}" y2="{Bottom}" stroke="currentColor" stroke-opacity="0.5"/>"""))}
            {Names(lines)}
            <text x="{(Left + Right) / 2}" y="288" text-anchor="middle">pairs (logarithmic)</text>
            </svg>
            </figure>

            """);
    }

    private static IEnumerable<(string Name, IReadOnlyList<(int Pairs, DrawnRate Rate)> Points)> Lines(GateErrors gate)
    {
        yield return ("identical build fails", [.. gate.Rows.Select(row => (row.Pairs, row.FalseFailures))]);
        yield return ("identical build undecided", [.. gate.Rows.Select(row => (row.Pairs, row.Inconclusive))]);
        for (var kind = 0; kind < gate.Rows[0].Found.Count; kind++)
        {
            var at = kind;
            yield return ($"{GateWords.Regression(gate.Rows[0].Found[at].Regression)} fails", [.. gate.Rows.Select(row => (row.Pairs, row.Found[at].Failed))]);
        }
    }

    private static double Y(double share) => Bottom - (share * (Bottom - Top));

    private static Markup Grid(double share) => Markup.Of($"""
        <line x1="{Left}" x2="{Right}" y1="{Y(share)}" y2="{Y(share)}" stroke="currentColor" stroke-opacity="0.15"/><text x="{Left - 8}" y="{Y(share) + 4}" text-anchor="end">{(share * 100).ToString("0", CultureInfo.InvariantCulture)} %</text>

        """);

    private static Markup Goal(double share) => Markup.Of($"""
        <line x1="{Left}" x2="{Right}" y1="{Y(share)}" y2="{Y(share)}" stroke="currentColor" stroke-opacity="0.6" stroke-dasharray="1 4"/>

        """);

    /// <summary>Labels that would run into each other are left out.</summary>
    private static Markup Ticks(GateErrors gate, Func<int, double> place)
    {
        var (marks, last) = (new List<Markup>(), double.NegativeInfinity);
        foreach (var row in gate.Rows)
        {
            var x = place(row.Pairs);
            var label = x - last >= 24;
            last = label ? x : last;
            marks.Add(Markup.Of($"""
                <line x1="{x}" x2="{x}" y1="{Bottom}" y2="{Bottom + 4}" stroke="currentColor"/>{Markup.If(label, () => Markup.Of($"""<text x="{x}" y="{Bottom + 18}" text-anchor="middle">{row.Pairs}</text>"""))}

                """));
        }

        return Markup.Join(marks);
    }

    private static Markup Line(
        (string Name, IReadOnlyList<(int Pairs, DrawnRate Rate)> Points) line, (string Colour, string Dash) style, Func<int, double> place)
    {
        var points = string.Join(' ', line.Points.Select(point =>
            string.Create(CultureInfo.InvariantCulture, $"{place(point.Pairs):0.#},{Y(point.Rate.Value):0.#}")));
        return Markup.Of($"""
            <polyline points="{points}" fill="none" stroke="{style.Colour}" stroke-width="2" stroke-dasharray="{style.Dash}"/>
            {line.Points.Select(point => Markup.Of($"""<line x1="{place(point.Pairs)}" x2="{place(point.Pairs)}" y1="{Y(point.Rate.Low)}" y2="{Y(point.Rate.High)}" stroke="{style.Colour}"/>"""))}

            """);
    }

    /// <summary>In a column at the right, in the order of the lines' ends, so that no two names lie on each other.</summary>
    private static Markup Names(List<(string Name, IReadOnlyList<(int Pairs, DrawnRate Rate)> Points)> lines)
    {
        var order = Enumerable.Range(0, lines.Count).OrderByDescending(at => lines[at].Points[^1].Rate.Value).ThenBy(at => at).ToList();
        var (marks, next) = (new List<Markup>(), Top);
        foreach (var at in order)
        {
            var style = Styles[at % Styles.Length];
            var y = Math.Max(next, Y(lines[at].Points[^1].Rate.Value) - (8 * (order.Count - 1)));
            y = Math.Min(Math.Max(next, y), Bottom);
            marks.Add(Markup.Of($"""
                <line x1="{Right + 12}" x2="{Right + 38}" y1="{y}" y2="{y}" stroke="{style.Colour}" stroke-width="2" stroke-dasharray="{style.Dash}"/><text x="{Right + 44}" y="{y + 4}">{lines[at].Name}</text>

                """));
            next = y + 18;
        }

        return Markup.Join(marks);
    }
}
