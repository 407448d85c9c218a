using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Seconds in which other programs, or a neighbour of this virtual machine, took CPU that the rest of the run had. Where everything under
/// test runs inside this process, what others use cannot be the doing of either version: it comes from outside, and both turns of a block
/// that it met are set aside together. Where a target runs elsewhere on the machine its own work would count as somebody else's, and a
/// slow version would clear itself: then nothing is set aside.
/// </summary>
public static class Disturbances
{
    /// <summary>More than in the middle second of the run, as a share of all cores. Ticks are coarse: a quiet second shows up to 0.03.</summary>
    public const double Share = 0.1;

    /// <summary>Blocks that began before such a second ended and ended after it began; those that a fault met are not among them.</summary>
    public static IReadOnlySet<int> Blocks(
        JournalEvent.RunStarted run, IReadOnlyList<JournalEvent.GeneratorSample> samples, IEnumerable<Request> requests)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(requests);
        var spells = run is { ServedHere: true, Merged: null } ? Spells(samples) : [];
        if (spells.Count == 0)
        {
            return new HashSet<int>();
        }

        var spans = new Dictionary<int, (long From, long To)>();
        foreach (var request in requests.Where(request => request.Phase != Phase.WarmUp))
        {
            var span = spans.GetValueOrDefault(request.Block, (From: long.MaxValue, To: long.MinValue));
            spans[request.Block] = (Math.Min(span.From, request.PlannedAt), Math.Max(span.To, request.EndedAt));
        }

        // A fault may well be that somebody takes the CPU.
        return spans
            .Where(block => !run.Faults.Any(fault => fault.Start < block.Value.To && fault.End > block.Value.From))
            .Where(block => spells.Any(spell => spell.From < block.Value.To && spell.To > block.Value.From))
            .Select(block => block.Key)
            .ToHashSet();
    }

    private static List<(long From, long To)> Spells(IReadOnlyList<JournalEvent.GeneratorSample> samples)
    {
        var usual = new Distribution(samples.Select(sample => sample.OthersCpu).OfType<double>().ToArray()).Quantile(0.5);
        var spells = new List<(long From, long To)>();
        var from = 0L;
        foreach (var sample in samples)
        {
            if (sample.OthersCpu - usual > Share)
            {
                spells.Add((from, sample.At));
            }

            from = sample.At;
        }

        return spells;
    }
}
