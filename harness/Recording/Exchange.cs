namespace ChaosBench.Harness.Recording;

/// <summary>One request and its reply on their way through, as far as they are kept.</summary>
/// <param name="Number">From 1, in order of arrival.</param>
/// <param name="At">Nanoseconds from the start of the recording.</param>
internal sealed record Exchange(long Number, long At)
{
    /// <summary>As the client names it. Null: it does not.</summary>
    public string? Session { get; init; }

    /// <summary>Values of headers that are nobody's business, wherever else they turn up.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Null: it was too large.</summary>
    public string? Body { get; set; }

    /// <summary>Null: there was none, or too much of it.</summary>
    public string? Reply { get; set; }

    /// <summary>Null: there was no answer.</summary>
    public int? Status { get; set; }

    /// <summary>The client left, or the answer broke off.</summary>
    public bool CutShort { get; set; }

    /// <summary>Nanoseconds from the start of the recording.</summary>
    public long EndedAt { get; set; }
}
