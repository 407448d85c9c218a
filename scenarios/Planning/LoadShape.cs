namespace ChaosBench.Scenarios.Planning;

/// <summary>Planned requests over time, as bars.</summary>
/// <param name="Seconds">What one bar stands for.</param>
/// <param name="Least">Of the bars, requests a second.</param>
/// <param name="Most">Of the bars, requests a second.</param>
public sealed record LoadShape(string Bars, double Seconds, double Least, double Most)
{
    private const int MostBars = 60;
    private const string Signs = "▁▂▃▄▅▆▇█";

    /// <summary>At most 60 bars, from nothing to the highest; a bar without a single request is a blank.</summary>
    public static LoadShape Of(Plan plan)
    {
        var width = Math.Max(Nanos.PerSecond, (plan.End + MostBars - 1) / MostBars);
        var counts = new int[Math.Max(1, (plan.End + width - 1) / width)];
        foreach (var arrival in plan.Arrivals)
        {
            counts[arrival.At / width]++;
        }

        var most = Math.Max(1, counts.Max());
        var bars = string.Concat(counts.Select(count => count == 0
            ? ' ' : Signs[Math.Min(Signs.Length - 1, count * Signs.Length / most)]));
        var seconds = Nanos.ToSeconds(width);

        // The last bar may be shorter than the others: it says nothing about the rate.
        var whole = counts.Length > 1 ? counts[..^1] : counts;
        return new LoadShape($"|{bars}|", seconds, whole.Min() / seconds, whole.Max() / seconds);
    }
}
