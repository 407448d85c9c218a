using ChaosBench.Reports.Telemetry.Scraping;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What the target's servers said of themselves, beside what their clients saw.</summary>
internal static class ServerMetricsSection
{
    public static Markup Of(ReportModel model)
    {
        var servers = model.Plots.Servers;
        return Markup.If(servers.Count > 0, () => Parts.Section(
            "server", "What the server says",
            "Read from its page of metrics while the run went on. Nothing is judged by it. Shaded: a fault was in place.", Markup.Of($"""
            {Parts.WholeRun("A server knows no kinds of requests")}
            {Markup.If(servers.Any(server => server.HasGauges), () => Parts.Chart("servers", "Requests at the server, and its cache",
                "Line chart of requests running and waiting at the server and of its cache in use over time; the table below has the numbers.",
                "highest of each point; cache in use right"))}
            {Markup.If(servers.Any(server => server.HasTtft), () => Parts.Chart("serverTtft", "Time to first token, by the server and by its clients",
                "Line chart of the server's and the clients' time to first token over time; the table below has the numbers.",
                "solid: the server's histogram, between its buckets' bounds; dashed: the clients'"))}
            {Parts.Table("What the servers said", ["page", "figure", "metric", "#first", "#whole run", "#highest", "#last"], model.Facts.Servers.Select(Row))}
            <p class="note">Whole run: the mean, of a percentile the percentile itself. Where the clients' time to first token grows and the server's does not, the time is lost before it: in a queue, a proxy or a network.</p>
            """)));
    }

    private static Markup Row(ServerFigure figure) => Markup.Of($"""
        <tr><th scope="row">{figure.Source}</th>{Parts.Text(figure.What)}<td><code>{figure.Metric}</code></td>{figure.Values.Select(value => Parts.Number(Show.Value(value, figure.Unit)))}</tr>

        """);
}
