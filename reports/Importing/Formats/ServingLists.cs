using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>The lists by request that vLLM's serving benchmark and its offspring write: seconds, one entry a request in each of them.</summary>
internal static class ServingLists
{
    /// <param name="ttft">Definition of the file's time to first token.</param>
    public static IReadOnlyList<ImportedRequest> Read(JsonAt root, string ttft, List<string> notes)
    {
        const int Most = ResultReading.MaxRequests;
        var lists = new Lists(
            root.Need("ttfts").Numbers(Most), root.Need("output_lens").Numbers(Most), root["input_lens"]?.Numbers(Most), root["latencies"]?.Numbers(Most),
            root["start_times"]?.Numbers(Most), root["itls"]?.Items(Most).Select(list => list.Numbers(ResultReading.MaxGaps)).ToList(),
            root["errors"]?.Items(Most).Select(error => error.Kind == System.Text.Json.JsonValueKind.Null ? "" : error.Text()).ToList());
        foreach (var (name, length) in lists.Lengths())
        {
            if (length is { } known && known != lists.Ttfts.Length)
            {
                throw root.Wrong(FormattableString.Invariant($"'{name}' has {known} entries and 'ttfts' {lists.Ttfts.Length}: they are of the same requests"));
            }
        }

        var began = lists.Starts is { Length: > 0 } starts ? starts.Min() : 0;
        var requests = Enumerable.Range(0, lists.Ttfts.Length).Select(i => Request(lists, i, began, ttft)).ToList();
        Empty(requests, notes);
        return requests;
    }

    private static ImportedRequest Request(Lists lists, int i, double began, string ttft)
    {
        var error = lists.Errors?[i] ?? "";
        var (first, tokens, latency) = (lists.Ttfts[i], (int)Math.Min(lists.Outputs[i], int.MaxValue), lists.Latencies?[i]);
        var request = new ImportedRequest
        {
            Outcome = error.Length > 0 ? ErrorWords.OutcomeOf(error) : tokens > 0 ? Outcome.Completed : Outcome.Empty,
            Counted = error.Length == 0,
            Sent = lists.Starts?[i] - began,
            InputTokens = lists.Inputs is null ? null : (int)Math.Min(lists.Inputs[i], int.MaxValue),
        };
        return error.Length > 0 ? request with { Reason = ErrorWords.Line(error), Ended = latency }
            : tokens == 0
            ? request with
            {
                OutputTokens = 0, Ended = latency, Reason = "no output token", FirstToken = first > 0 ? first : null,
                LastToken = first > 0 ? latency ?? first : null, Given = new Dictionary<string, double> { [ttft] = first },
            }
            : request with
            {
                FirstToken = first, LastToken = latency ?? first + (lists.Gaps?[i].Sum() ?? 0), OutputTokens = tokens, Gaps = lists.Gaps?[i] ?? [],
            };
    }

    /// <summary>A reply without a token has no time to a first one; the tool takes 0 for it and averages that in.</summary>
    private static void Empty(List<ImportedRequest> requests, List<string> notes)
    {
        var empty = requests.Where(request => request.Outcome == Outcome.Empty).ToList();
        if (empty.Count == 0)
        {
            return;
        }

        notes.Add(FormattableString.Invariant($"{empty.Count} of {requests.Count} answers that the tool counts as completed have no output token: outcome empty here, and infinitely late in gates."));
        var real = QuantileEstimators.Sorted([.. requests.Where(request => request.Outcome == Outcome.Completed).Select(request => request.FirstToken).OfType<double>()]);
        if (empty.Exists(request => request.FirstToken is null) && real.Length > 0)
        {
            notes.Add($"The tool counts their time to first token as 0: without them it is {Wording.Duration(real.Average())} in the mean, "
                + $"{Wording.Duration(QuantileEstimators.OfSorted(real, 0.5))} at p50 and {Wording.Duration(QuantileEstimators.OfSorted(real, 0.99))} at p99.");
        }
    }

    private sealed record Lists(
        double[] Ttfts, double[] Outputs, double[]? Inputs, double[]? Latencies, double[]? Starts, List<double[]>? Gaps, List<string>? Errors)
    {
        public IEnumerable<(string Name, int? Length)> Lengths() =>
        [
            ("output_lens", Outputs.Length), ("input_lens", Inputs?.Length), ("latencies", Latencies?.Length), ("start_times", Starts?.Length),
            ("itls", Gaps?.Count), ("errors", Errors?.Count),
        ];
    }
}
