using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Telemetry.Scraping;

/// <summary>
/// Which metrics of a page are kept, and how many lines become one number: counts are added over their labels (models, engines, replicas),
/// shares take the highest. So a sample in the journal is small whatever the page holds.
/// </summary>
/// <param name="keep">Names, <c>*</c> at the end for all that begin so. Empty: those of <see cref="ServerMetric.Known"/>.</param>
public sealed class MetricsSelection(IReadOnlyList<string> keep)
{
    /// <summary>Different names in one sample; a pattern that fits more gets the first of them.</summary>
    public const int MostNames = 200;

    private const int MostBounds = 200;

    private static readonly string[] Parts = ["_bucket", "_sum", "_count", "_total", "_created"];

    /// <summary>Reads a page.</summary>
    /// <exception cref="MetricsTextException">The page is not what it should be.</exception>
    public (Dictionary<string, double> Values, Dictionary<string, ServerBuckets> Histograms) Read(ReadOnlySpan<byte> page)
    {
        var samples = MetricsText.Read(page, name => Wants(name));
        var histograms = samples.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal) && sample.Label("le") is not null)
            .GroupBy(sample => sample.Name[..^"_bucket".Length], StringComparer.Ordinal).Take(MostNames).ToList();
        var built = histograms.Select(group => (group.Key, Buckets: Buckets(group, SumOf(samples, group.Key))))
            .Where(histogram => histogram.Buckets is not null)
            .ToDictionary(histogram => histogram.Key, histogram => histogram.Buckets!, StringComparer.Ordinal);
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var sample in samples.Where(sample => double.IsFinite(sample.Value) && !IsPartOf(sample.Name, built)))
        {
            if (KeyOf(sample) is not { } key || (values.Count == MostNames && !values.ContainsKey(key)))
            {
                continue;
            }

            values[key] = !values.TryGetValue(key, out var known) ? sample.Value
                : IsShare(sample.Name) ? Math.Max(known, sample.Value) : known + sample.Value;
        }

        return (values, built);
    }

    private bool Wants(string name)
    {
        var family = FamilyOf(name);
        return keep.Count == 0
            ? ServerMetric.Named(family).Concat(ServerMetric.Named(name)).Any()
            : keep.Any(pattern => pattern.EndsWith('*')
                ? name.StartsWith(pattern.AsSpan()[..^1], StringComparison.Ordinal)
                : name == pattern || family == pattern);
    }

    private static string FamilyOf(string name) =>
        Parts.FirstOrDefault(part => name.EndsWith(part, StringComparison.Ordinal)) is { } part ? name[..^part.Length] : name;

    private static bool IsPartOf(string name, Dictionary<string, ServerBuckets> histograms) =>
        name.EndsWith("_created", StringComparison.Ordinal) || (FamilyOf(name) is var family && family != name && histograms.ContainsKey(family));

    /// <summary>Null: a label says that it is another thing than what is known by the name.</summary>
    private static string? KeyOf(MetricsSample sample)
    {
        var known = ServerMetric.Named(sample.Name).ToList();
        return known.TrueForAll(metric => metric.Label is null)
            ? sample.Name
            : known.Find(metric => metric.Label is { } wanted && sample.Label(wanted.Key) == wanted.Value)?.Key;
    }

    private static bool IsShare(string name) => ServerMetric.Named(name).Any(known => known.Role == ServerRole.CacheUsage)
        || name.EndsWith("_perc", StringComparison.Ordinal) || name.EndsWith("_ratio", StringComparison.Ordinal) || name.EndsWith("_utilization", StringComparison.Ordinal);

    private static double? SumOf(List<MetricsSample> samples, string family)
    {
        var sums = samples.Where(sample => sample.Name.Length == family.Length + 4 && sample.Name.StartsWith(family, StringComparison.Ordinal)
            && sample.Name.EndsWith("_sum", StringComparison.Ordinal) && double.IsFinite(sample.Value)).ToList();
        return sums.Count == 0 ? null : sums.Sum(sample => sample.Value);
    }

    /// <summary>Null: without the bucket of all, or falling where it must not.</summary>
    private static ServerBuckets? Buckets(IEnumerable<MetricsSample> lines, double? sum)
    {
        var counts = new SortedDictionary<double, double>();
        foreach (var line in lines)
        {
            var le = line.Label("le")!;
            var isAll = le is "+Inf" or "Inf";
            if (!double.IsFinite(line.Value) || line.Value < 0
                || (!isAll && !double.TryParse(le, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            {
                return null;
            }

            var bound = isAll ? double.PositiveInfinity : double.Parse(le, NumberStyles.Float, CultureInfo.InvariantCulture);
            counts[bound] = counts.GetValueOrDefault(bound) + line.Value;
        }

        var rising = counts.Values.Zip(counts.Values.Skip(1)).All(pair => pair.First <= pair.Second);
        return !rising || counts.Count is 0 or > MostBounds || !double.IsPositiveInfinity(counts.Keys.Last())
            ? null
            : new ServerBuckets([.. counts.Keys.SkipLast(1)], [.. counts.Values], sum);
    }
}
