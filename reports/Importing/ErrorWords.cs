using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing;

/// <summary>Other tools tell failures in free words; the closed list of outcomes is found by what they have in common.</summary>
internal static class ErrorWords
{
    private const int Longest = 200;

    private static readonly (string Word, Outcome Outcome)[] Words =
    [
        ("cancel", Outcome.Cancelled), ("timeout", Outcome.TimedOut), ("timed out", Outcome.TimedOut), ("refused", Outcome.ConnectError),
        ("cannot connect", Outcome.ConnectError), ("connectorerror", Outcome.ConnectError), ("connecterror", Outcome.ConnectError),
        ("name or service", Outcome.ConnectError), ("ssl", Outcome.TlsError), ("certificate", Outcome.TlsError), ("reset", Outcome.Reset),
        ("disconnected", Outcome.Reset), ("broken pipe", Outcome.Reset), ("payload", Outcome.Truncated), ("incomplete", Outcome.Truncated),
        ("json", Outcome.Malformed), ("too many requests", Outcome.Overloaded), ("service unavailable", Outcome.Overloaded),
        ("bad request", Outcome.Refused), ("not found", Outcome.Refused), ("unauthorized", Outcome.Refused),
    ];

    /// <summary>What no word tells is a failure of the target.</summary>
    public static Outcome OutcomeOf(string text, int? status = null) =>
        status is >= 400 and < 600 and not 499 ? Outcomes.FromStatus(status.Value)
        : Words.FirstOrDefault(word => text.Contains(word.Word, StringComparison.OrdinalIgnoreCase)) is { Word: not null } known ? known.Outcome
        : Outcome.Failed;

    /// <summary>One line, the last of a stack trace, bounded.</summary>
    public static string? Line(string text)
    {
        var line = text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return line is null ? null : string.Concat(line.Take(Longest).Select(letter => char.IsControl(letter) ? ' ' : letter));
    }
}
