using ChaosBench.Reports.Journal;

namespace ChaosBench.Harness.Storing;

/// <summary>Runs that have ended, to the store. What goes wrong there is told and changes nothing about the run.</summary>
internal static class Pushing
{
    /// <summary>A run that has its verdict does not wait longer for a store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Null: it is in the store. Otherwise what went wrong, and how to push it later.</returns>
    public static async Task<string?> AfterRunAsync(StoreAddress address, string folder, TimeProvider time)
    {
        // Not the run's own token: one that was cancelled has its place in the history of a team, too.
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            await using var store = new RunStore(address);
            await store.PushAsync(StoredRun.Read(folder), limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception trouble) when (trouble is StoreException or JournalException or OperationCanceledException)
        {
            var why = trouble is OperationCanceledException ? $"it took longer than {Patience.TotalSeconds:0} s" : trouble.Message;
            return $"not in the store: {why}. The run is whole in {folder}; push it later: chaosbench push {folder} --store {address.Shown}";
        }
    }
}
