using System.Collections.Concurrent;
using System.Security.Cryptography;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Goldens.Embedders;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Goldens;

/// <summary>
/// Keeps the answers of a run until the load is over, then embeds them and holds them against their goldens: embedding beside the load
/// would be load.
/// </summary>
internal sealed class GoldenWatch(Golden golden, string folder, IRunObserver inner) : IRunObserver
{
    /// <summary>Answers that are kept; later ones are not compared.</summary>
    private const int MostAnswers = 20_000;

    /// <summary>UTF-16 units of all kept answers together, and of one: no golden is longer.</summary>
    private const long MostChars = 64 << 20;
    private const int LongestAnswer = 64 << 10;

    private readonly ConcurrentQueue<Kept> _kept = new();
    private readonly Dictionary<(double Temperature, int Batch, string Case), (float[] Centre, string PromptSha256, double Threshold)> _goldens = Index(golden);
    /// <summary>Cases without a golden that are named, the first of them.</summary>
    private const int MostNamed = 20;
    private readonly ConcurrentDictionary<string, byte> _named = new(StringComparer.Ordinal);
    private long _chars;
    private int _count;
    private int _uncovered;

    private sealed record Kept(Arrival Arrival, (double Temperature, int Batch, string Case) Key, string? Text);

    /// <summary>What is wrong with a snapshot, before anything is sent; null: nothing.</summary>
    public static string? Flaw(string folder)
    {
        try
        {
            GoldenFolder.Read(folder);
            return null;
        }
        catch (GoldenException problem)
        {
            return $"golden: {problem.Message}";
        }
    }

    public void OnStarted() => inner.OnStarted();

    public void OnSent(Arrival arrival) => inner.OnSent(arrival);

    public AnswerUse UseOf(Arrival arrival) => inner.UseOf(arrival) | AnswerUse.Look;

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
    {
        inner.OnEnded(arrival, observation, output, use);
        var key = (arrival.Cohort.Temperature, arrival.Cohort.Batch, AnswerCollector.NameOf(arrival));
        if (observation.Outcome == Outcome.Cancelled)
        {
            return;
        }

        if (!_goldens.TryGetValue(key, out var known) || PromptHash.Sha256(arrival.Prompt) != known.PromptSha256
            || Interlocked.Increment(ref _count) > MostAnswers || Interlocked.Add(ref _chars, output?.Length ?? 0) > MostChars)
        {
            Interlocked.Increment(ref _uncovered);
            if (_named.Count < MostNamed)
            {
                _named.TryAdd(key.Item3, 0);
            }

            return;
        }

        _kept.Enqueue(new Kept(arrival, key, observation.Outcome == Outcome.Completed && output is { Length: > 0 and <= LongestAnswer } ? output : null));
    }

    /// <summary>Writes the scores of the answers, then what they were made with; when that cannot be, only why.</summary>
    public async Task CompareAsync(
        ITarget target, Target settings, LoadedSuite loaded, IJournalWriter journal, RunClock clock, CancellationToken cancellation)
    {
        try
        {
            await using var embedder = await Embedding.OpenAsync(
                Embedding.ChoiceOf(golden.Snapshot.Embedder, folder), target, settings, loaded, TimeProvider.System, cancellation).ConfigureAwait(false);
            await Embedding.VerifyAsync(embedder, golden, cancellation).ConfigureAwait(false);
            await ScoreAsync(embedder, journal, clock, cancellation).ConfigureAwait(false);
            journal.Write(Compared(clock, null));
        }
        catch (GoldenException problem)
        {
            journal.Write(Compared(clock, problem));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The run is over anyway; without the line above, nothing is claimed.
        }
    }

    private async Task ScoreAsync(IEmbedder embedder, IJournalWriter journal, RunClock clock, CancellationToken cancellation)
    {
        var texts = _kept.Select(kept => kept.Text).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var vectors = texts.Zip(await embedder.EmbedAsync(texts, cancellation).ConfigureAwait(false))
            .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        foreach (var kept in _kept)
        {
            var (centre, _, threshold) = _goldens[kept.Key];
            double? similarity = kept.Text is { } text && vectors[text] is { } vector && Cosine.Similarity(vector, centre) is { IsKnown: true } cosine
                ? cosine.Value : null;
            Score(MetricId.Similarity, similarity is { } known ? Math.Max(0, known) : null);
            Score(MetricId.WithinGolden, similarity is { } seen ? seen >= threshold - GoldenCalibration.Rounding ? 1 : 0 : null);

            void Score(MetricId metric, double? value) =>
                journal.Write(new JournalEvent.Score { At = clock.Now, Arrival = kept.Arrival.Index, Grader = Metrics.NameOf(metric), Value = value });
        }
    }

    private JournalEvent.GoldenCompared Compared(RunClock clock, GoldenException? problem) => new()
    {
        At = clock.Now,
        Folder = folder,
        SnapshotSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, GoldenFolder.SnapshotName)))),
        Embedder = $"{golden.Snapshot.Embedder.Kind} {golden.Snapshot.Embedder.Place}: {golden.Snapshot.Polarity.Words}",
        Scored = problem is null ? _kept.Count : 0,
        Uncovered = _uncovered,
        UncoveredCases = [.. _named.Keys.Order(StringComparer.Ordinal).Take(MostNamed)],
        Problem = problem?.ReasonCode,
        Detail = problem?.Message,
    };

    private static Dictionary<(double, int, string), (float[], string, double)> Index(Golden golden) => golden.Snapshot.Cohorts
        .Where(cohort => cohort.Threshold is not null)
        .SelectMany(cohort => golden.Embedded(cohort).GroupBy(row => row.Case, StringComparer.Ordinal).Select(rows => (
            Key: (cohort.Temperature, cohort.Batch, rows.Key),
            Value: (GoldenCalibration.Sum([.. rows.Select(row => golden.Vectors[row.Row!.Value])]), rows.First().PromptSha256, cohort.Threshold!.Value))))
        .ToDictionary(pair => pair.Key, pair => pair.Value);
}
