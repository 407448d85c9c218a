namespace ChaosBench.Harness.Recording;

/// <summary>What became of the requests that passed. Each is in exactly one of them; from many threads.</summary>
internal sealed class RecordingCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<Passed>().Length];

    public long this[Passed kind] => Interlocked.Read(ref _counts[(int)kind]);

    public void Add(Passed kind) => Interlocked.Increment(ref _counts[(int)kind]);

    public string Words()
    {
        string[] parts =
        [
            .. new[]
            {
                (Passed.NoModelCall, "no calls to a model"), (Passed.NotSampled, "not in the sample"), (Passed.TooLarge, "too large to be kept"),
                (Passed.OverLimit, "beyond the limit"), (Passed.Refused, "refused"),
            }.Where(kind => this[kind.Item1] > 0).Select(kind => FormattableString.Invariant($"{this[kind.Item1]} {kind.Item2}")),
        ];
        return FormattableString.Invariant($"{this[Passed.Recorded]} requests recorded{(parts.Length > 0 ? "; " : "")}{string.Join(", ", parts)}");
    }
}

/// <summary>What became of a request.</summary>
internal enum Passed
{
    Recorded,

    /// <summary>No JSON body with messages, a prompt or an input: passed on, of no use to a replay.</summary>
    NoModelCall,
    NotSampled,
    TooLarge,

    /// <summary>The recording is full, or its disk.</summary>
    OverLimit,

    /// <summary>Not passed on at all.</summary>
    Refused,
}
