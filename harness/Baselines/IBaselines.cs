using ChaosBench.Reports.Baselines;

namespace ChaosBench.Harness.Baselines;

/// <summary>Where names of baselines are kept: beside the runs, or in a store that a team shares.</summary>
internal interface IBaselines : IAsyncDisposable
{
    /// <summary>For messages; holds no secret.</summary>
    string Place { get; }

    /// <summary>What each name stands for now, scenario by scenario.</summary>
    /// <exception cref="BaselineException">It cannot be told.</exception>
    Task<IReadOnlyList<Promotion>> CurrentAsync(CancellationToken cancellation);

    /// <summary>A folder with manifest and journal of the promoted run, there until this is disposed of.</summary>
    /// <exception cref="BaselineException">It is gone.</exception>
    Task<string> FetchAsync(Promotion promotion, CancellationToken cancellation);
}

/// <summary>Those of a folder of runs.</summary>
internal sealed class FolderBaselines(string runs) : IBaselines
{
    private readonly BaselineBook _book = new(runs);

    public string Place => runs;

    public Task<IReadOnlyList<Promotion>> CurrentAsync(CancellationToken cancellation) => Task.FromResult(_book.Current());

    public Task<string> FetchAsync(Promotion promotion, CancellationToken cancellation) => Task.FromResult(_book.FolderOf(promotion));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
