using ChaosBench.Reports.Baselines;

namespace ChaosBench.Harness.Baselines;

/// <summary>The named baseline of every scenario that is run, found and read before anything is sent.</summary>
internal sealed class HeldAgainst
{
    private readonly string _name;
    private readonly (double Margin, double Points) _limits;
    private readonly Dictionary<string, (Promotion Promotion, string Folder)> _runs = new(StringComparer.Ordinal);

    private HeldAgainst(string name, (double Margin, double Points) limits) => (_name, _limits) = (name, limits);

    /// <param name="limits">As of <c>chaosbench compare</c>: shares.</param>
    /// <exception cref="UsageException">Nobody promoted a run under that name, or one that was does not read any more.</exception>
    public static async Task<HeldAgainst> OpenAsync(
        IBaselines baselines, string name, IEnumerable<string> scenarios, (double Margin, double Points) limits, CancellationToken cancellation)
    {
        var held = new HeldAgainst(name, limits);
        try
        {
            var current = await baselines.CurrentAsync(cancellation).ConfigureAwait(false);
            if (current.All(one => one.Name != name))
            {
                throw new UsageException(Unknown(name, baselines.Place, current));
            }

            foreach (var scenario in scenarios)
            {
                if (current.FirstOrDefault(one => one.Name == name && one.Scenario == scenario) is { } promotion)
                {
                    var folder = await baselines.FetchAsync(promotion, cancellation).ConfigureAwait(false);

                    // Read to its end now, so that what spoils the comparison is known before the load and not after it.
                    RunBaseline.Load(promotion, folder);
                    held._runs[scenario] = (promotion, folder);
                }
            }
        }
        catch (BaselineException problem)
        {
            throw new UsageException($"nothing was sent: {problem.Message}");
        }

        return held;
    }

    /// <summary>Compares a run that has ended with its baseline, for its verdict.</summary>
    public void Freeze(string folder, string scenario)
    {
        if (_runs.TryGetValue(scenario, out var baseline))
        {
            RunBaseline.Freeze(folder, baseline.Promotion, baseline.Folder, _limits.Margin, _limits.Points);
        }
        else
        {
            RunBaseline.FreezeMissing(folder, _name, scenario);
        }
    }

    public static string Unknown(string name, string place, IReadOnlyList<Promotion> current)
    {
        var known = current.Select(one => one.Name).Distinct(StringComparer.Ordinal).ToList();
        return $"there is no baseline '{Printable.Line(name, 64)}' in {place}; "
            + (known.Count > 0 ? $"there is {string.Join(", ", known.Take(10))}." : $"promote a run first: chaosbench promote RUN --as {Printable.Line(name, 64)}.");
    }
}
