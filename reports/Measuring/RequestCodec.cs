using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Requests as a few dozen bytes each, for runs with more of them than objects should be kept: numbers as variable-length integers,
/// instants as distances from the planned one, repeated texts and cohorts by their place in a table.
/// </summary>
internal sealed class RequestCodec
{
    /// <summary>Texts that are kept once; later ones are written out.</summary>
    private const int MostTexts = 50_000;

    private readonly List<Cohort> _cohorts = [];
    private readonly Dictionary<Cohort, int> _cohortPlaces = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _textPlaces = new(StringComparer.Ordinal);

    /// <param name="seen">Its cohort is the shared object of its kind.</param>
    public void Write(PackedWriter to, Request seen)
    {
        var raw = seen.Raw;
        to.Int(raw.Arrival);
        Write(to, raw.Target);
        to.Byte((byte)raw.Phase);
        to.Int(raw.Block);
        to.Int(PlaceOf(raw.Cohort));
        Write(to, raw.PromptId);
        to.Byte((byte)raw.Outcome);
        Write(to, raw.Reason);
        to.Int(raw.Status ?? -1);
        to.Byte(raw.Degraded ? (byte)1 : (byte)0);
        to.Int(raw.Replica ?? -1);
        to.Int(raw.Faults.Count);
        foreach (var fault in raw.Faults)
        {
            Write(to, fault);
        }

        to.Long(raw.Planned);
        Write(to, raw.Planned, raw.Sent);
        Write(to, raw.Planned, raw.FirstToken);
        Write(to, raw.Planned, raw.LastToken);
        to.Long(Fold(raw.Ended - raw.Planned));
        to.Int(raw.InputTokens ?? -1);
        to.Int(raw.OutputChars ?? -1);
        Write(to, raw.FinishReason);
        to.Int(raw.OutputTokens ?? -1);
        to.Int(raw.FirstEventTokens ?? -1);
        to.Int(raw.Gaps.Count);
        foreach (var gap in raw.Gaps)
        {
            to.Long(gap.Nanos);
            to.Int(gap.Tokens);
        }
    }

    public RawRequest Read(PackedReader from)
    {
        var arrival = from.Int();
        var target = ReadText(from)!;
        var (phase, block) = ((Phase)from.Byte(), from.Int());
        var cohort = _cohorts[from.Int()];
        var (prompt, outcome, reason) = (ReadText(from)!, (Outcome)from.Byte(), ReadText(from));
        var (status, degraded, replica) = (ReadNumber(from), from.Byte() != 0, ReadNumber(from));
        var faults = new string[from.Int()];
        for (var at = 0; at < faults.Length; at++)
        {
            faults[at] = ReadText(from)!;
        }

        var planned = from.Long();
        var (sent, first, last) = (ReadInstant(from, planned), ReadInstant(from, planned), ReadInstant(from, planned));
        return new RawRequest(arrival, target, phase, block, cohort, prompt, outcome)
        {
            Reason = reason,
            Status = status,
            Degraded = degraded,
            Replica = replica,
            Faults = faults,
            Planned = planned,
            Sent = sent,
            FirstToken = first,
            LastToken = last,
            Ended = planned + Unfold(from.Long()),
            InputTokens = ReadNumber(from),
            OutputChars = ReadNumber(from),
            FinishReason = ReadText(from),
            OutputTokens = ReadNumber(from),
            FirstEventTokens = ReadNumber(from),
            Gaps = ReadGaps(from),
        };
    }

    private int PlaceOf(Cohort cohort)
    {
        if (!_cohortPlaces.TryGetValue(cohort, out var place))
        {
            _cohortPlaces[cohort] = place = _cohorts.Count;
            _cohorts.Add(cohort);
        }

        return place;
    }

    /// <summary>0 for null, 1 and the text itself, or 2 + its place in the table.</summary>
    private void Write(PackedWriter to, string? text)
    {
        if (text is null)
        {
            to.Int(0);
        }
        else if (_textPlaces.TryGetValue(text, out var place))
        {
            to.Int(place + 2);
        }
        else if (_texts.Count < MostTexts)
        {
            _textPlaces[text] = _texts.Count;
            to.Int(_texts.Count + 2);
            _texts.Add(text);
        }
        else
        {
            to.Int(1);
            to.Text(text);
        }
    }

    private string? ReadText(PackedReader from) => from.Int() switch
    {
        0 => null,
        1 => from.Text(),
        var place => _texts[place - 2],
    };

    /// <summary>Null as 0; an instant before the planned one is possible.</summary>
    private static void Write(PackedWriter to, long planned, long? at) =>
        to.Long(at is { } instant ? Fold(instant - planned) + 1 : 0);

    private static long? ReadInstant(PackedReader from, long planned) =>
        from.Long() is not 0 and var folded ? planned + Unfold(folded - 1) : null;

    private static int? ReadNumber(PackedReader from) => from.Int() is >= 0 and var number ? number : null;

    private static TokenGap[] ReadGaps(PackedReader from)
    {
        var gaps = new TokenGap[from.Int()];
        for (var at = 0; at < gaps.Length; at++)
        {
            gaps[at] = new TokenGap(from.Long(), from.Int());
        }

        return gaps;
    }

    /// <summary>Small numbers of either sign become small ones without.</summary>
    private static long Fold(long value) => unchecked((value << 1) ^ (value >> 63));

    private static long Unfold(long value) => (long)((ulong)value >> 1) ^ -(value & 1);
}
