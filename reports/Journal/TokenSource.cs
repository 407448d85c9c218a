namespace ChaosBench.Reports.Journal;

/// <summary>How the output tokens of a request were counted.</summary>
public enum TokenSource
{
    /// <summary>The server's total. An event of a stream counts as one token, or as many as a tokenizer at hand finds in it.</summary>
    Usage,

    /// <summary>The server's running total, which came with each event: single events are counted exactly too.</summary>
    EventUsage,

    /// <summary>The server said nothing; its tokenizer counted the text after the end of the request.</summary>
    Tokenizer,

    /// <summary>Nothing better is known: each event of a stream counts as one token. An estimate, too low where events hold several.</summary>
    Events,
}
