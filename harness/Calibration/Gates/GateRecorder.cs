using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// Records round after round; in each round every regression has its turn, in an order drawn from the seed, so that a machine that
/// changes with time changes for all of them alike.
/// </summary>
internal sealed class GateRecorder(GateSettings settings, GateFolder folder, Action<string> tell, TimeProvider time)
{
    private int _done;
    private int _left;

    /// <returns>False: somebody stopped it; what was recorded stays.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        await using var targets = new GateTargets(settings.Scenario, settings.Loaded, time);
        var all = Order().Where(turn => folder.Next(turn.Round, turn.Regression) is not null).ToList();
        _left = all.Count;
        if (_left == 0)
        {
            return true;
        }

        await targets.StartAsync(settings.Regressions, cancellation).ConfigureAwait(false);
        var runner = new RoundRunner(settings, targets, time);
        var started = time.GetTimestamp();
        foreach (var (round, regression) in all)
        {
            while (folder.Next(round, regression) is { } place)
            {
                if (cancellation.IsCancellationRequested
                    || !await runner.RunAsync(round, regression, place, cancellation).ConfigureAwait(false))
                {
                    return false;
                }

                if (folder.IsLimited(round, regression))
                {
                    tell($"round {round}, {regression.Name}: the generator was the limit, or others used the machine; it is recorded once more, or does not count");
                }
            }

            Progress(round, regression, time.GetElapsedTime(started));
        }

        return true;
    }

    private void Progress(int round, Regression regression, TimeSpan elapsed)
    {
        _done++;
        _left--;
        var left = elapsed * _left / _done;
        tell(FormattableString.Invariant($"round {round} of {settings.Rounds}, {regression.Name}: {settings.PairsIn(round)} pairs; ")
            + (_left == 0 ? "all recorded" : $"about {Wording.Duration(left.TotalSeconds)} left"));
    }

    private IEnumerable<(int Round, Regression Regression)> Order()
    {
        for (var round = 1; round <= settings.Rounds; round++)
        {
            var kinds = settings.Regressions.Prepend(new Regression.Same()).ToArray();
            var random = new Scenarios.Planning.SplitMix64(settings.SeedOf(round));
            for (var at = kinds.Length - 1; at > 0; at--)
            {
                var other = random.Next(at + 1);
                (kinds[at], kinds[other]) = (kinds[other], kinds[at]);
            }

            foreach (var kind in kinds)
            {
                yield return (round, kind);
            }
        }
    }
}
