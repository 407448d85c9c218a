using ChaosBench.Reports.Importing.Formats;

namespace ChaosBench.Reports.Importing;

/// <summary>Every result format by name, in the order in which <c>auto</c> asks them.</summary>
public static class ResultFormats
{
    public static IReadOnlyList<IResultFormat> All { get; } =
    [
        new VllmBench(), new SglangBench(), new GuideLlm(), new AiPerf(), new InferencePerf(), new LlmPerf(), new LoadGen(), new AibrixCsv(),
        new Forms("k6: JSON of handleSummary or --summary-export; lines of JSON of --out json", new K6Summary(), new K6Points()),
        new Forms("NBomber's report as CSV, text or Markdown", new NBomberCsv(), new NBomberText()),
        new Forms("Locust's _stats.csv, _failures.csv and _exceptions.csv", new LocustStats(), new LocustFailures()),
        new CrankResults(), new HdrLog(), new HdrTable(),
    ];

    public static IResultFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Exactly one format knows the file. Throws <see cref="ImportException"/> otherwise.</summary>
    public static IResultFormat Of(ResultFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var fitting = All.Where(format => format.Fits(file)).ToList();
        return fitting switch
        {
            [var one] => one,
            [] => throw file.Broken ?? new ImportException($"{file.Name}: {(file.Bytes == 0 ? "the file is empty" : "no known tool writes files like this")}; name the format, one of {string.Join(", ", All.Select(format => format.Name))}"),
            _ => throw new ImportException($"{file.Name}: may be {string.Join(" or ", fitting.Select(format => format.Name))}; name the one that it is"),
        };
    }
}
