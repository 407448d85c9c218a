using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Harness.Running.Shards;

/// <summary>Brings shards to one start: compares clocks, waits for the appointed instant, and writes down when it really was.</summary>
/// <param name="clocks">Null: the target shows no clock that could be asked.</param>
internal sealed class CommonStart(Sharding sharding, ServerClock? clocks, IJournalWriter journal, IRunWatcher watcher, TimeProvider time)
{
    /// <summary>Comparing clocks takes up to about three seconds: what does not fit before the start is left out.</summary>
    private static readonly TimeSpan Comparing = TimeSpan.FromSeconds(5);

    public async Task WaitAsync(CancellationToken cancellation)
    {
        ClockOffset? offset = null;
        if (clocks is not null && (Left() is not { } ahead || ahead > Comparing))
        {
            offset = await clocks.MeasureAsync(cancellation).ConfigureAwait(false);
        }

        if (Left() is { } pause)
        {
            var at = sharding.Appointed!.Value.UtcDateTime.ToString("HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
            watcher.Tell(pause > TimeSpan.Zero
                ? string.Create(CultureInfo.InvariantCulture, $"shard {sharding.Shard}: ready; all begin at {at}, in {pause.TotalSeconds:0.0} s")
                : string.Create(CultureInfo.InvariantCulture, $"shard {sharding.Shard}: ready {-pause.TotalSeconds:0.0} s too late for {at}; it begins at once, and the merge will see it"));
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            }
        }

        journal.Write(new JournalEvent.ShardBegan
        {
            At = 0,
            Utc = time.GetUtcNow(),
            Appointed = sharding.Appointed,
            Offset = offset?.Value.TotalSeconds,
            OffsetError = offset?.Error.TotalSeconds,
        });
    }

    private TimeSpan? Left() => sharding.Appointed is { } at ? at - time.GetUtcNow() : null;
}
