using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary><c>report.html</c>: the page for people, with plots.</summary>
public sealed class HtmlFile : IReportWriter
{
    public string FileName => "report.html";

    public string Render(RunReport run)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        HtmlReport.Write(run.Summary, Facts(run), run.Journal, text);
        return text.ToString();
    }

    private static ReportFacts Facts(RunReport run) => new()
    {
        Description = Description(run.Manifest),
        Gates = [.. run.Measurements.Run.Gates.Select(gate => gate.Text)],
        ReplayCommand = run.ReplayCommand,
        Manifest = [.. Lines(run.Manifest)],
    };

    private static string? Description(Manifest manifest) =>
        manifest.ResolvedScenario is { ValueKind: JsonValueKind.Object } scenario && scenario.TryGetProperty("description", out var text)
            && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static IEnumerable<KeyValuePair<string, string>> Lines(Manifest manifest)
    {
        yield return new("scenario file", manifest.ScenarioFile);
        yield return new("scenario SHA-256", manifest.ScenarioSha256);
        yield return new("seed", manifest.Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("plan SHA-256", manifest.PlanSha256);
        yield return new("chaosbench", manifest.Commit is { } commit ? $"{manifest.ToolVersion} "
            + $"({commit})" : manifest.ToolVersion);
        foreach (var target in manifest.Targets)
        {
            yield return new($"{target.Role} {target.Name}", $"{target.Type}, {target.Location}");
            foreach (var (name, value) in target.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal))
            {
                yield return new($"{target.Name} {name}", value);
            }
        }

        foreach (var (path, hash) in manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            yield return new(path, hash);
        }

        var machine = manifest.Machine;
        var memory = machine.MemoryBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes / 1048576} "
            + $"MiB") : "";
        yield return new("machine", string.Create(
            CultureInfo.InvariantCulture, $"{machine.Os}, {machine.Architecture}, {machine.Cpu ?? "unknown CPU"}, "
                + $"{machine.Cores} cores{memory}, .NET {machine.DotNet}"));
    }
}
