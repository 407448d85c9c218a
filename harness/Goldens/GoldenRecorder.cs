using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Goldens.Embedders;
using ChaosBench.Reports.Goldens;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Goldens;

/// <param name="Embedder"><c>hashed</c>, <c>target</c> or a model folder.</param>
/// <param name="Cases">At most so many prompts, in the order of the plan.</param>
internal sealed record GoldenSettings(LoadedSuite Loaded, Plan Plan, string Folder, string Embedder, int Repeats, int Cases)
{
    public bool KeepText { get; init; }
    public double Margin { get; init; } = GoldenCheck.Margin;
}

/// <summary>Records what a target answers today, and holds later answers against it.</summary>
internal sealed class GoldenRecorder(GoldenSettings settings, Action<string> tell, TimeProvider time)
{
    private const double Alpha = 0.05;

    /// <summary>More failures than this and the snapshot would be of a service that was not well.</summary>
    private const double MostFailed = 0.1;

    /// <exception cref="GoldenException">The target or the embedder does not work.</exception>
    /// <exception cref="TargetUnavailableException">The target does not serve.</exception>
    public async Task<GoldenSnapshot> RecordAsync(CancellationToken cancellation)
    {
        await using var target = new AskedTarget(settings.Plan.Scenario.Candidate, settings.Loaded, time);
        await target.StartAsync(cancellation).ConfigureAwait(false);
        await using var embedder = await Embedding.OpenAsync(settings.Embedder, target.Target, target.Settings, settings.Loaded, time, cancellation).ConfigureAwait(false);
        var polarity = await Polarity.TestAsync(embedder, cancellation).ConfigureAwait(false);
        tell($"embedder {embedder.Identity.Kind} {embedder.Identity.Place}: {polarity.Words}");
        var cohorts = AnswerCollector.CohortsOf(settings.Plan);
        var collected = await new AnswerCollector(target, embedder, settings.Plan.Seed, tell).CollectAsync(
            AnswerCollector.CasesOf(settings.Plan, settings.Cases), cohorts, settings.Repeats, settings.KeepText, cancellation).ConfigureAwait(false);
        if (collected.Failed > MostFailed * collected.Asked)
        {
            throw new GoldenException(
                GoldenReasons.TargetFailed, $"{collected.Failed} of {collected.Asked} answers did not come or were empty ({collected.WhyFailed ?? "empty"}); a snapshot of that would be no golden");
        }

        if (collected.Rows.Count(row => row.Row is null) > MostFailed * collected.Asked)
        {
            throw new GoldenException(
                GoldenReasons.EmbedderUnavailable, $"the embedder refuses {collected.Rows.Count(row => row.Row is null)} of {collected.Asked} answers, as too long for it: name another with --embedder");
        }

        var golden = await GoldenOfAsync(target, embedder, polarity, cohorts, collected, cancellation).ConfigureAwait(false);
        GoldenFolder.Write(settings.Folder, golden);
        return GoldenFolder.Read(settings.Folder).Snapshot;
    }

    /// <summary>New answers of the scenario's candidate against a snapshot.</summary>
    /// <exception cref="GoldenException">Snapshot, target or embedder cannot be used.</exception>
    /// <exception cref="TargetUnavailableException">The target does not serve.</exception>
    public async Task<GoldenReport> CheckAsync(CancellationToken cancellation)
    {
        var golden = GoldenFolder.Read(settings.Folder);
        await using var target = new AskedTarget(settings.Plan.Scenario.Candidate, settings.Loaded, time);
        await target.StartAsync(cancellation).ConfigureAwait(false);
        await using var embedder = await Embedding.OpenAsync(
            Embedding.ChoiceOf(golden.Snapshot.Embedder, settings.Folder), target.Target, target.Settings, settings.Loaded, time, cancellation).ConfigureAwait(false);
        await Embedding.VerifyAsync(embedder, golden, cancellation).ConfigureAwait(false);
        var known = golden.Rows.Select(row => row.Case).ToHashSet(StringComparer.Ordinal);
        var cases = AnswerCollector.CasesOf(settings.Plan, int.MaxValue).Where(asked => known.Contains(asked.Name)).Take(settings.Cases).ToList();
        var cohorts = golden.Snapshot.Cohorts.Select(cohort => (cohort.Temperature, cohort.Batch)).ToList();

        // Seeds of its own: the same ones would make a sampled answer agree with itself.
        var collected = await new AnswerCollector(target, embedder, KeyedHash.Hash64(settings.Plan.Seed, "golden-check", ""), tell).CollectAsync(
            cases, cohorts, settings.Repeats, keepText: false, cancellation).ConfigureAwait(false);
        return GoldenCheck.Compare(golden, collected.Rows, collected.Vectors, settings.Margin);
    }

    private async Task<Golden> GoldenOfAsync(
        AskedTarget target, IEmbedder embedder, PolarityTest polarity, IReadOnlyList<(double Temperature, int Batch)> cohorts,
        AnswerCollector.Collected collected, CancellationToken cancellation)
    {
        var canaries = await embedder.EmbedAsync(Polarity.Canaries, cancellation).ConfigureAwait(false);
        if (canaries.Any(vector => vector is null))
        {
            throw new GoldenException(GoldenReasons.EmbedderUnavailable, "the embedder refuses a canary sentence; name another with --embedder");
        }

        var rows = collected.Rows.Where(row => row.Row is not null).ToList();
        var identity = embedder.Identity;
        var generator = new SortedDictionary<string, string>(target.Identity.Facts.ToDictionary(), StringComparer.Ordinal)
        {
            ["type"] = target.Identity.Type, ["location"] = target.Identity.Location,
        };
        var snapshot = new GoldenSnapshot
        {
            ToolVersion = ToolVersion.Text,
            RecordedUtc = time.GetUtcNow(),
            Scenario = settings.Plan.Scenario.Name,
            Seed = settings.Plan.Seed,
            Generator = generator,
            Embedder = identity.Kind == "model" ? identity with { Place = Path.GetRelativePath(settings.Folder, identity.Place) } : identity,
            Canaries = Polarity.Canaries,
            Polarity = polarity,
            Alpha = Alpha,
            Cohorts = [.. cohorts.Select(cohort => GoldenCalibration.Of(
                cohort.Temperature, cohort.Batch, rows.FindAll(row => row.Temperature.Equals(cohort.Temperature) && row.Batch == cohort.Batch), collected.Vectors, Alpha))],
            ManifestSha256 = "",
            VectorsSha256 = "",
        };
        return new Golden(snapshot, rows, collected.Vectors, [.. canaries.Select(vector => vector!)]);
    }
}
