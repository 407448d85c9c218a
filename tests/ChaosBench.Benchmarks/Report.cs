using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Benchmarks;

/// <summary>One measured number: the median over rounds, its range, and the goal it is held to.</summary>
/// <param name="AtMost">The goal is an upper bound; otherwise a lower one.</param>
internal sealed record Row(string Measure, string Unit, IReadOnlyList<double> Samples, double? Goal = null, bool AtMost = false)
{
    public double Median => Statistics.Percentile(Samples, 50);

    public bool? Met => Goal is not { } goal ? null : AtMost ? Median <= goal : Median >= goal;
}

/// <summary>The rows of a benchmark, as a table and as JSON.</summary>
internal sealed record Report(string Setting, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public void Print(string name, double? loadBefore)
    {
        Console.WriteLine($"{name}: {Setting}");
        Console.WriteLine($"{Machine.Cpu}, {Environment.ProcessorCount} cores, {Machine.Runtime}; load {Text(loadBefore)} before, {Text(Machine.Load())} after");
        Console.WriteLine($"  {"",-58} {"median",12} {"least",12} {"most",12}  unit      goal");
        foreach (var row in Rows)
        {
            var goal = row.Goal is { } limit ? $"{(row.AtMost ? "<=" : ">=")} {Text(limit)} {(row.Met == true ? "met" : "MISSED")}" : "";
            Console.WriteLine($"  {row.Measure,-58} {Text(row.Median),12} {Text(row.Samples.Min()),12} {Text(row.Samples.Max()),12}  {row.Unit,-9} {goal}");
        }

        Console.WriteLine();
    }

    /// <summary><c>artifacts/bench/NAME.json</c>.</summary>
    public void Write(string name, double? loadBefore)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Machine.Root, "artifacts", "bench")).FullName;
        var content = new
        {
            Schema = 1,
            Benchmark = name,
            Setting,
            Machine = new { Machine.Cpu, Cores = Environment.ProcessorCount, Machine.Runtime, LoadBefore = loadBefore, LoadAfter = Machine.Load() },
            Rows = Rows.Select(row => new { row.Measure, row.Unit, row.Median, row.Goal, row.AtMost, row.Met, row.Samples }),
        };
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), JsonSerializer.Serialize(content, Indented));
    }

    private static string Text(double? value) => value is { } number
        ? number.ToString(Math.Abs(number) >= 100 ? "#,0" : "0.###", CultureInfo.InvariantCulture)
        : "unknown";
}

internal static class Statistics
{
    /// <summary>Type 7, as everywhere in ChaosBench.</summary>
    public static double Percentile(IReadOnlyList<double> samples, double percent)
    {
        var sorted = samples.Order().ToArray();
        var at = percent / 100 * (sorted.Length - 1);
        var (below, share) = ((int)at, at - Math.Floor(at));
        return sorted[below] + (share * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}
