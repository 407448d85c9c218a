using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Measuring;

/// <summary>How the output tokens of a run's requests were counted: requests by source.</summary>
public sealed class TokenCounts
{
    private readonly SortedDictionary<TokenSource, long> _requests = [];

    internal void Add(TokenSource? source)
    {
        if (source is { } known)
        {
            _requests[known] = _requests.GetValueOrDefault(known) + 1;
        }
    }

    /// <summary>What a reader of token figures must know; null where the servers counted all of them.</summary>
    public string? Sentence()
    {
        var said = Of(TokenSource.Usage) + Of(TokenSource.EventUsage);
        var parts = new List<string>();
        if (Of(TokenSource.Tokenizer) is > 0 and var counted)
        {
            parts.Add(Text($"{counted:N0} requests by the target's tokenizer"));
        }

        if (Of(TokenSource.Events) is > 0 and var guessed)
        {
            parts.Add(Text($"{guessed:N0} requests as one for each event, an estimate that is too low where events hold several"));
        }

        return parts.Count == 0 ? null : Text($"Output tokens were counted by the server for {said:N0} requests, for ") + string.Join(", for ", parts) + ".";
    }

    private long Of(TokenSource source) => _requests.GetValueOrDefault(source);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
