using ChaosBench.Harness.Baselines;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Storing;

/// <summary>Baselines that a team shares; their runs are brought into a folder of this process's own.</summary>
internal sealed class StoreBaselines(RunStore store) : IBaselines
{
    private DirectoryInfo? _folder;

    public string Place => store.Place;

    public async Task<IReadOnlyList<Promotion>> CurrentAsync(CancellationToken cancellation)
    {
        try
        {
            return await store.CurrentAsync(cancellation).ConfigureAwait(false);
        }
        catch (JournalException broken)
        {
            throw new BaselineException(ReasonCodes.BaselineUnreadable, broken.Message, broken);
        }
    }

    public async Task<string> FetchAsync(Promotion promotion, CancellationToken cancellation)
    {
        _folder ??= Directory.CreateTempSubdirectory("chaosbench-baseline-"); // 0700
        var folder = _folder.CreateSubdirectory(promotion.Print.Id).FullName;
        return Directory.EnumerateFiles(folder).Any() || await store.FetchAsync(promotion.Print.Id, folder, cancellation).ConfigureAwait(false) ? folder
            : throw new BaselineException(
                ReasonCodes.BaselineUnreadable, $"baseline '{promotion.Name}' of scenario '{promotion.Scenario}': {Place} does not hold its journal any more; promote another run");
    }

    public async ValueTask DisposeAsync()
    {
        _folder?.Delete(recursive: true);
        _folder = null;
        await store.DisposeAsync().ConfigureAwait(false);
    }
}
