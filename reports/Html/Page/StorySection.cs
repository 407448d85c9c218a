namespace ChaosBench.Reports.Html.Page;

/// <summary>What happened, in order, in words.</summary>
internal static class StorySection
{
    public static Markup Of(ReportModel model) => Markup.If(model.Plots.Story.Count > 0, () => Parts.Section(
        "story", "What happened, in order", "Faults, what noticed them, notes and the end of the run.", Markup.Of($"""
            <ol class="story">
            {model.Plots.Story.Select(line => Markup.Of($"""
                <li class="by-{line.Who}"><span class="num at">{TimeSection.Clock(line.At)}</span> <span class="who">{line.Who}</span> <span class="what">{line.What}{Markup.If(line.Detail.Length > 0, () => Markup.Of($"""<span class="sub block">{line.Detail}</span>"""))}</span></li>

                """))}
            </ol>
            {Markup.If(model.Plots.StoryOmitted > 0, () => Markup.Of($"""<p class="note">{Show.Count(model.Plots.StoryOmitted)} more events are in the journal.</p>"""))}
            """)));
}
