using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>Building blocks that several sections share.</summary>
internal static class Parts
{
    /// <summary>A numbered place in the page that the navigation can point to.</summary>
    public static Markup Section(string id, string title, string lead, Markup body) => Markup.Of($"""
        <section id="{id}" aria-labelledby="{id}-title">
        <h2 id="{id}-title">{title}</h2>
        {Markup.If(lead.Length > 0, () => Markup.Of($"""<p class="lead">{lead}</p>"""))}
        {body}
        </section>

        """);

    /// <summary>Wide tables scroll inside their own frame, which the keyboard can reach.</summary>
    public static Markup Table(string caption, IReadOnlyList<string> heads, IEnumerable<Markup> rows) => Markup.Of($"""
        <div class="scroll" tabindex="0" role="group" aria-label="{caption}"><table>
        <caption>{caption}</caption>
        <thead><tr>{heads.Select(Head)}</tr></thead>
        <tbody>
        {rows}</tbody>
        </table></div>

        """);

    /// <summary>A chart drawn by the page's script, with its words for those who cannot see it.</summary>
    public static Markup Chart(string kind, string title, string description, string note = "") => Markup.Of($"""
        <figure>
        <figcaption><strong>{title}</strong>{Markup.If(note.Length > 0, () => Markup.Of($""" <span class="note">{note}</span>"""))}</figcaption>
        <div class="chart" data-chart="{kind}" role="img" aria-label="{description}"></div>
        </figure>

        """);

    /// <summary>Shown while a kind of requests is chosen: what does not follow that choice says so.</summary>
    public static Markup WholeRun(string why) =>
        Markup.Of($"""<p class="note whole-run" hidden>{why}: these plots are of the whole run, whichever requests are shown elsewhere.</p>""");

    /// <summary>Which latency a chart shows; the page keeps all such choices the same.</summary>
    public static Markup MetricSelect(string id) => Markup.Of($"""
        <label>Latency <select id="{id}"><option value="ttft">time to first token</option><option value="e2e">time to the whole answer</option></select></label>
        """);

    /// <summary>A command with a button that copies it.</summary>
    public static Markup Command(string command) => Markup.Of($"""
        <div class="command"><pre class="replay" tabindex="0"><code>{command}</code></pre><button type="button" class="copy">Copy</button></div>

        """);

    public static Markup Details(string summary, Markup body) =>
        Markup.Of($"<details><summary>{summary}</summary>\n{body}</details>\n");

    public static Markup Number(string text) => Markup.Of($"""<td class="num">{text}</td>""");

    public static Markup Text(string? text) => Markup.Of($"<td>{text}</td>");

    /// <summary>Colour, shape and word: any one of them is enough.</summary>
    public static Markup Chip(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Pass => Chip("pass", "held"),
        FindingVerdict.Fail => Chip("fail", "broken"),
        _ => Chip("unsure", "cannot tell"),
    };

    public static Markup Chip(string tone, string word) => Markup.Of($"""<span class="chip {tone}">{Icon(tone)}{word}</span>""");

    public static Markup Icon(string tone) => tone switch
    {
        "pass" => Markup.Of($"""<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5l3.4 3.4L13 4.6"/></svg>"""),
        "fail" => Markup.Of($"""<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8"/></svg>"""),
        "stop" => Markup.Of($"""<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4h8v8H4z"/></svg>"""),
        _ => Markup.Of($"""<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M5 5.6C5 3.9 6.3 3 8 3s3 1 3 2.6C11 8 8 7.6 8 10M8 12.6v.6"/></svg>"""),
    };

    private static Markup Head(string head) => head.StartsWith('#')
        ? Markup.Of($"""<th scope="col" class="num">{head[1..]}</th>""")
        : Markup.Of($"""<th scope="col">{head}</th>""");
}
