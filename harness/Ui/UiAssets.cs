using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Reports.Html;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>Pages, scripts and styles, embedded: nothing is read from the disk, so no path leads out of anywhere.</summary>
internal static class UiAssets
{
    private static readonly FrozenDictionary<string, (string Type, byte[] Bytes)> Files = new[]
    {
        Own("ui.css", "text/css; charset=utf-8"), Own("common.js", Script), Own("charts.js", Script), Own("runs.js", Script),
        Own("history.js", Script), Own("live.js", Script), Own("try.js", Script),
        OfReports("report.css", "text/css; charset=utf-8"), OfReports("echarts.min.js", Script), OfReports("echarts.NOTICE", "text/plain; charset=utf-8"),
    }.ToFrozenDictionary(file => file.Name, file => (file.Type, file.Bytes), StringComparer.Ordinal);

    private const string Script = "text/javascript; charset=utf-8";

    /// <summary>Hashes of the scripts that this tool's own reports hold: a report with others is not shown as it is.</summary>
    public static IReadOnlyList<string> ReportScripts { get; } =
    [
        .. typeof(HtmlReport).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".js", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => Encoding.UTF8.GetString(Read(typeof(HtmlReport), name)).Replace("\r\n", "\n", StringComparison.Ordinal))
            .Select(script => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))),
    ];

    public static Task FileAsync(HttpContext context)
    {
        if (context.Request.RouteValues["name"] is not string name || !Files.TryGetValue(name, out var file))
        {
            return UiReply.RefuseAsync(context, 404, "there is no such file");
        }

        context.Response.ContentType = file.Type;
        return context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted).AsTask();
    }

    /// <summary>One of the pages, inside the frame that all share.</summary>
    /// <param name="name"><c>runs</c>, <c>history</c>, <c>live</c> or <c>try</c>.</param>
    public static string Page(string name, IReadOnlyCollection<string> links)
    {
        var body = Text($"{name}.html");
        var navigation = string.Concat(Navigation.Where(link => links.Contains(link.Name)).Select(link =>
            $"""<li><a href="{link.Path}"{(link.Name == name ? " aria-current=\"page\"" : "")}>{link.Title}</a></li>"""));
        return Text("frame.html").Replace("{{title}}", Navigation.First(link => link.Name == name).Title, StringComparison.Ordinal)
            .Replace("{{name}}", name, StringComparison.Ordinal)
            .Replace("{{navigation}}", navigation, StringComparison.Ordinal)
            .Replace("{{body}}", body, StringComparison.Ordinal)
            .Replace("{{version}}", ToolVersion.Text.Split('+')[0], StringComparison.Ordinal);
    }

    private static readonly (string Name, string Path, string Title)[] Navigation =
        [("live", "/live", "Live"), ("runs", "/", "Runs"), ("history", "/history", "History"), ("try", "/try", "Try it")];

    private static string Text(string name) => Encoding.UTF8.GetString(Read(typeof(UiAssets), $"ui/{name}"));

    private static (string Name, string Type, byte[] Bytes) Own(string name, string type) => (name, type, Read(typeof(UiAssets), $"ui/{name}"));

    private static (string Name, string Type, byte[] Bytes) OfReports(string name, string type) => (name, type, Read(typeof(HtmlReport), name));

    private static byte[] Read(Type from, string name)
    {
        using var stream = from.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} was not embedded into {from.Assembly.GetName().Name}");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
