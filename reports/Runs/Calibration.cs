using System.Globalization;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Runs;

/// <summary>What this generator managed on a machine against a null server in a process of its own: <c>calibration.json</c>.</summary>
public sealed record Calibration
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required DateTimeOffset MeasuredUtc { get; init; }
    public required MachineFacts Machine { get; init; }

    /// <summary>Completed requests per second at saturation, 64 connections, short replies without streaming.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Events with tokens read per second, 16 streams of 256 tokens.</summary>
    public required double TokenEventsPerSecond { get; init; }

    /// <summary>Bytes of prompt sent per second, prompts of about 50,000 tokens (200,000 bytes).</summary>
    public required double PromptBytesPerSecond { get; init; }

    /// <summary>How late requests went out, by rate.</summary>
    public required IReadOnlyList<TimerError> Timer { get; init; }

    /// <summary>Seconds by which the system wakes a sleeper too late.</summary>
    public double? SleepErrorP50 { get; init; }
    public double? SleepErrorP99 { get; init; }

    /// <summary>Seconds for one read of a byte from <c>/dev/zero</c>. Null where there is none.</summary>
    public double? SystemCall { get; init; }

    /// <summary>Whether it speaks of this machine: processor, cores, architecture and system.</summary>
    public bool IsOf(MachineFacts machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return Machine.IsLike(machine);
    }

    /// <param name="asked">Requests per second of the run; null: it had no rate.</param>
    public string Sentence(double? asked) => string.Create(CultureInfo.InvariantCulture,
        $"{(asked is { } rate ? $"This run asked for {Wording.Number(rate)} requests/s; this" : "This")} machine was measured to manage "
        + $"{Wording.Number(RequestsPerSecond)} requests/s and {Wording.Number(TokenEventsPerSecond)} token events/s on {MeasuredUtc.UtcDateTime:yyyy-MM-dd}.");
}

/// <param name="Rate">Asked for, per second.</param>
/// <param name="P50">Dispatch lag, seconds. Null: too few requests.</param>
public sealed record TimerError(double Rate, double? P50, double? P99);
