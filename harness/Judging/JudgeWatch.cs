using System.Collections.Concurrent;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Goldens;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Judging;

/// <summary>
/// Keeps answers until the load is over, then asks a judge about a sample of them and about the known cases, in one shuffled order: a judge
/// that grows tired or is limited in rate does so on both.
/// </summary>
internal sealed class JudgeWatch(AnswerJudge judge, ulong seed, IReadOnlyList<KnownCase> known, IRunObserver inner) : IRunObserver
{
    /// <summary>More verdicts missing than this, and those that came are not of a fair sample.</summary>
    private const double MostMissing = 0.1;

    /// <summary>So many replies in a row that are none: nobody is there.</summary>
    private const int Patience = 10;

    private const int MostKept = 20_000;
    private const int LongestAnswer = 16 << 10;

    private readonly ConcurrentQueue<Item> _kept = new();
    private int _count;

    /// <param name="Arrival">Null for a known case.</param>
    private sealed record Item(int? Arrival, string Key, string Question, string? Expected, string Answer, bool? Right);

    public void OnStarted() => inner.OnStarted();

    public void OnSent(Arrival arrival) => inner.OnSent(arrival);

    public AnswerUse UseOf(Arrival arrival) => inner.UseOf(arrival) | AnswerUse.Look;

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output, AnswerUse use)
    {
        inner.OnEnded(arrival, observation, output, use);
        if (observation.Outcome != Outcome.Cancelled && observation.Phase != Phase.WarmUp && Interlocked.Increment(ref _count) <= MostKept)
        {
            var answer = observation.Outcome == Outcome.Completed && output is { Length: > 0 and <= LongestAnswer } ? output : "";
            var question = arrival.Prompt.Messages is [.., var last] ? last.Content : "";
            _kept.Enqueue(new Item(arrival.Index, $"{arrival.Role} {arrival.Key}", question, arrival.Prompt.Expected, answer, null));
        }
    }

    /// <summary>Writes the scores of the answers, then what is known of the judge; when it cannot be believed, why.</summary>
    public async Task JudgeAsync(LoadedSuite loaded, IJournalWriter journal, RunClock clock, TimeProvider time, CancellationToken cancellation)
    {
        var sample = _kept.OrderBy(item => KeyedHash.Hash64(seed, "judge-sample", item.Key)).Take(judge.Answers)
            .Concat(known.Select((one, number) => new Item(null, FormattableString.Invariant($"known {number}"), one.Question, null, one.Answer, one.Right)))
            .OrderBy(item => KeyedHash.Hash64(seed, "judge-order", item.Key)).ToList();
        var verdicts = new List<(Item Item, JudgeTalk.Verdict Verdict)>();
        string? broken = null;
        try
        {
            await using var target = new AskedTarget(judge.Target, loaded, time);
            await target.StartAsync(cancellation).ConfigureAwait(false);
            var talk = new JudgeTalk(target, judge, seed);
            foreach (var item in sample)
            {
                // What did not come is wrong, and nobody needs to be asked.
                verdicts.Add((item, item.Answer.Length == 0 ? JudgeTalk.Verdict.Wrong
                    : await talk.AskAsync(item.Question, item.Expected, item.Answer, item.Key, cancellation).ConfigureAwait(false)));
                if (verdicts.Count >= Patience && verdicts.TakeLast(Patience).All(one => one.Verdict.Right is null))
                {
                    break;
                }
            }
        }
        catch (TargetUnavailableException problem)
        {
            broken = problem.Message;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }

        Write(verdicts, sample.Count, broken, journal, clock);
    }

    private void Write(List<(Item Item, JudgeTalk.Verdict Verdict)> verdicts, int asked, string? broken, IJournalWriter journal, RunClock clock)
    {
        var came = verdicts.FindAll(one => one.Verdict.Right is not null);
        var missing = asked - came.Count;
        var silent = verdicts.Count(one => one.Verdict.Silent);
        var (problem, detail) = (broken, missing > MostMissing * asked) switch
        {
            (not null, _) => ("judge-unavailable", broken),
            (_, true) when silent * 2 >= verdicts.Count(one => one.Verdict.Right is null) =>
                ("judge-unavailable", FormattableString.Invariant($"it gave no verdict on {missing} of {asked} answers, most of them because it did not answer")),
            (_, true) => ("judge-nonsense", FormattableString.Invariant($"it gave no verdict on {missing} of {asked} answers: it says neither PASS nor FAIL")),
            _ => ((string?)null, (string?)null),
        };
        foreach (var (item, verdict) in came.Where(one => one.Item.Arrival is not null && problem is null))
        {
            journal.Write(new JournalEvent.Score { At = clock.Now, Arrival = item.Arrival!.Value, Grader = Metrics.NameOf(MetricId.JudgedRight), Value = verdict.Right == true ? 1 : 0 });
        }

        int Known(bool right, bool? called) => came.Count(one => one.Item.Right == right && (called is null || one.Verdict.Right == called));
        journal.Write(new JournalEvent.Judged
        {
            At = clock.Now,
            By = judge.Target.Name,
            Answers = came.Count(one => one.Item.Arrival is not null),
            Unanswered = missing,
            Right = Known(true, null),
            RightCalledRight = Known(true, true),
            Wrong = Known(false, null),
            WrongCalledWrong = Known(false, false),
            Agreement = came.Count == 0 ? null : came.Average(one => one.Verdict.Agreement),
            Problem = problem,
            Detail = detail,
        });
    }
}
