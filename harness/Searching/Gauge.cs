using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics.Texts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>Asks the target once; what goes wrong is in the response.</summary>
internal delegate Task<Response> AskTarget(Arrival arrival, CancellationToken cancellation);

/// <summary>One answer, measured.</summary>
/// <param name="Value">Seconds from the planned send, infinite for an answer that did not come; or the score, 0 to 1.</param>
/// <param name="Fine">A score that moves earlier than <paramref name="Value"/> does: what leads a search uphill.</param>
internal sealed record Look(double Value, double Fine, Outcome Outcome, int? InputTokens, int? OutputTokens, string? Text);

/// <summary>
/// Measures one text against the goal. One request at a time: what is measured is the prompt, not the queue. A refusal (4xx) is an answer
/// in the time that it took; any other failure is infinitely late and wrong.
/// </summary>
internal sealed class Gauge(SearchGoal goal, AskTarget ask, Budget budget, ulong seed, TimeProvider time)
{
    public SearchGoal Goal => goal;

    /// <param name="reference">A clean answer, for prompts of which nothing else says what is right.</param>
    /// <param name="key">Names the sampling seed: the same key is asked with the same one.</param>
    public async Task<Look> LookAsync(Arrival sample, string text, string? reference, string key, CancellationToken cancellation)
    {
        budget.Spend();
        var arrival = sample with
        {
            Role = TargetRole.Candidate,
            Prompt = sample.Prompt with { Messages = TextMutators.WithText(sample.Prompt.Messages, text) },
            Sampling = sample.Sampling with { Seed = (long)(KeyedHash.Hash64(seed, "search-sampling", key) >> 33) },
        };

        // Nothing waits in front of it, so the instant at which it is decided to send is the planned one.
        var planned = time.GetTimestamp();
        var response = await ask(arrival, cancellation).ConfigureAwait(false);
        var seconds = time.GetElapsedTime(planned).TotalSeconds;
        var (value, fine) = goal == SearchGoal.Latency
            ? (LatencyOf(response.Outcome, seconds), 0.0)
            : ScoreOf(arrival, response, reference);
        return new Look(value, fine, response.Outcome, response.InputTokens, response.OutputTokens, response.Text);
    }

    /// <summary>Median seconds or mean score of several looks.</summary>
    public double Level(IReadOnlyList<Look> looks) => goal == SearchGoal.Quality
        ? looks.Average(look => look.Value)
        : looks.Select(look => look.Value).Order().ElementAt(looks.Count / 2);

    private static double LatencyOf(Outcome outcome, double seconds) =>
        outcome is Outcome.Completed or Outcome.Refused or Outcome.Empty ? seconds : double.PositiveInfinity;

    /// <summary>By the known answer, else by what the mix asserts, else by likeness (chrF2) to a clean answer.</summary>
    private static (double Value, double Fine) ScoreOf(Arrival arrival, Response response, string? reference)
    {
        var scores = Graders.Grade(arrival, response, at: 0);
        double? Named(string name) => scores.Where(score => score.Grader == name).Select(score => (double?)(score.Value ?? 0)).FirstOrDefault();
        if (Named(Graders.Accuracy) is { } right)
        {
            return (right, Named(Graders.FieldAccuracy) ?? right);
        }

        if (Named(Metrics.NameOf(MetricId.AssertionsHeld)) is { } held)
        {
            return (held, scores.Average(score => score.Value ?? 0));
        }

        var answer = response is { Outcome: Outcome.Completed, Text: { Length: > 0 and <= 64 << 10 } text } ? text : null;
        var alike = answer is null ? 0
            : reference is null ? 1
            : ChrF.Of(answer, reference) is { IsKnown: true, Value: var percent } ? percent / 100 : 0;
        return (alike, alike);
    }
}
