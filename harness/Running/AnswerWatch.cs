using ChaosBench.Chaos;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Looks at every answer of a run that breaks something, on the raw text in memory, for what no service may say. What a fault of the
/// input or of our own proxy did to the very request is not held against the target.
/// </summary>
internal sealed class AnswerWatch
{
    /// <summary>Longer answers are not looked at: no known answer is that long.</summary>
    private const int MaxChars = 1024 * 1024;

    private readonly IJournalWriter _journal;
    private readonly ForeignMarks _marks;
    private readonly HashSet<string> _ownFaults;

    public AnswerWatch(Plan plan, IJournalWriter journal)
    {
        _journal = journal;
        _marks = new ForeignMarks(plan.Arrivals.Select(arrival => arrival.Prompt).Distinct());
        _ownFaults = [.. plan.Faults
            .Where(fault => FaultCatalogue.Find(fault.Fault.Kind)?.Vantage is Vantage.Upstream or Vantage.Input or Vantage.Client)
            .Select(fault => fault.Fault.Id)];
    }

    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output)
    {
        if (observation.Outcome != Outcome.Completed || output is not { Length: > 0 and <= MaxChars })
        {
            return;
        }

        if (AnswerChecks.IsPartial(output, arrival.Prompt.Expected, arrival.Cohort.Grader, observation.FinishReason)
            && !observation.Faults.Any(_ownFaults.Contains))
        {
            Fail(HardFailKind.PartialAsComplete, FormattableString.Invariant(
                $"{output.Trim().Length} of {arrival.Prompt.Expected!.Trim().Length} characters with finish reason '{observation.FinishReason}'"));
        }

        if (AnswerChecks.NotANumber(output) is { } at)
        {
            Fail(HardFailKind.NotANumber, FormattableString.Invariant($"at character {at + 1} of {output.Length}"));
        }

        if (_marks.In(output, arrival.Prompt) is { } other)
        {
            Fail(HardFailKind.CrossedAnswer, FormattableString.Invariant($"a mark of {other.Length} characters that only prompt '{other.Prompt}' has"));
        }

        void Fail(HardFailKind kind, string detail) =>
            _journal.Write(new JournalEvent.HardFail { At = observation.Ended, Arrival = arrival.Index, Kind = kind, Detail = detail });
    }
}
