namespace ChaosBench.Reports.Importing;

/// <summary>
/// What a number means, as an id that can be compared: <c>metric/how it is made@from which instant</c>. Two numbers of one name and two
/// definitions say nothing about each other. docs/peer-results.md holds the same list.
/// </summary>
public static class MetricDefinitions
{
    /// <summary>Ends the id of what a file tells of answered requests alone, saying nothing of those that failed.</summary>
    public const string OkOnly = "+ok-only";

    /// <summary>By id, with the sentence that explains it.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        // ChaosBench's own; docs/metrics.md.
        ["ttft/first-token@planned"] = "from the planned send to the first event with a token; what failed is infinitely late",
        ["ttft/first-token@send"] = "from the send to the first event with a token; what failed is infinitely late",
        ["e2e/last-token@planned"] = "from the planned send to the last event with a token; what failed is infinitely late",
        ["e2e/last-token@send"] = "from the send to the last event with a token; what failed is infinitely late",
        ["tpot/after-first-event"] = "(last token - first token) / (output tokens - tokens of the first event)",

        // Time to first token of others.
        ["ttft/first-choices-chunk@send"] = "from the send to the first event with choices, be it only the role",
        ["ttft/first-nonempty@send"] = "from the send to the first event with text",
        ["ttft/first-content@send"] = "from the send to the first event with content or reasoning",
        ["ttft/first-content@credit"] = "from the moment at which the scheduler let it go to the first event with content or reasoning",
        ["ttft/first-content@send+ok-only"] = "from the send to the first event with content, in a file that lists answered requests alone",
        ["ttft/first-iteration@send"] = "from the send to the first streamed iteration",
        ["ttft/first-iteration@planned"] = "from the planned send (targeted_start) to the first streamed iteration",
        ["ttft/first-line@send"] = "from the send to the first streamed line",
        ["ttft/callback@planned"] = "from the scheduled instant to the call that reports the first token",

        // The whole answer.
        ["e2e/last-chunk@send"] = "from the send to the last event with tokens",
        ["e2e/last-content@send"] = "from the send to the last event with content",
        ["e2e/last-content@credit"] = "from the moment at which the scheduler let it go to the last event with content",
        ["e2e/last-iteration@send"] = "from the send to the last streamed iteration",
        ["e2e/last-iteration@planned"] = "from the planned send (targeted_start) to the last streamed iteration",
        ["e2e/last-content@send+ok-only"] = "from the send to the last event with content, in a file that lists answered requests alone",
        ["e2e/stream-end@send"] = "from the send to the end of the reply",
        ["e2e/completion@planned"] = "from the scheduled instant to the completion",

        // Of tools that know no tokens.
        ["e2e/http-duration@send"] = "k6: sending, waiting and receiving; setting up the connection is not in it, failed requests are",
        ["e2e/http-duration@send+ok-only"] = "the same of the requests whose status was expected",
        ["e2e/response@send+all"] = "Locust: from the send to the end of the response, failed requests included",
        ["e2e/step@send+ok-only"] = "NBomber: the whole step, successes alone",
        ["e2e/wrk-latency@send"] = "wrk in a closed loop, as crank records it: a stall delays later requests, and that is in none of them",
        ["e2e/recorded"] = "what was recorded into the histogram, whatever its maker measured",
        ["ttfb/http-waiting@sent"] = "k6: from the last byte of the request to the first of the reply",
        ["connection/http-blocked"] = "k6: wait for a free connection",
        ["connection/http-connecting"] = "k6: setting up the TCP connection; 0 where one was there",
        ["connection/http-tls"] = "k6: the TLS handshake; 0 where none was made",
        ["iteration/whole"] = "k6: one iteration of the script, its pauses included",
        ["iteration/group"] = "k6: one group of the script, its pauses included",

        // Per token and between tokens.
        ["tpot/n-1"] = "(last - first token) / (output tokens - 1), requests with more than one",
        ["tpot/stream-end-n-1"] = "(end of the stream - first token) / (output tokens - 1): the wait for the stream's end is in it",
        ["tpot/incl-first"] = "(last token - send) / output tokens: the first token's wait is in it",
        ["tpot/incl-first+token-weighted"] = "the same, every request counted once for each of its output tokens",
        ["itl/request-mean+token-weighted"] = "one value a request, counted once for each of its output tokens but the first",
        ["itl/sglang-pooled"] = "gaps of all requests together: between stream events, or since 2025 split evenly over the tokens of an event",
        ["tpot/mlperf"] = "MLPerf's time per output token: after the first token",
        ["ntpot/e2e"] = "whole time / output tokens",
        ["itl/chunk-pooled"] = "gaps between stream events of all requests together, whatever they hold",
        ["itl/request-mean"] = "one value a request: (last - first token) / (output tokens - 1)",
        ["itl/token-pooled-zero-intra"] = "gaps between tokens, 0 between those of one event",
        ["itl/incl-ttft"] = "sum of all waits, the first one too, / events",
        ["ttst/first-to-second"] = "from the first event to the second",
        ["ttfo/first-output@send"] = "from the send to the first event that is no reasoning",

        // The rest.
        ["dispatch_lag/send-planned"] = "send less planned send",
        ["requests/ok"] = "requests that the tool counts as successes",
        ["requests/failed"] = "requests that the tool counts as failed",
        ["requests/all"] = "requests that the tool began",
        ["error_rate/failed-of-all"] = "failed / all",
        ["requests/unexpected-status"] = "k6: requests without a status that the script expects",
        ["error_rate/unexpected-of-all"] = "k6: requests without an expected status / all",
        ["requests/bad-status"] = "replies of a status that is no success",
        ["requests/socket-errors"] = "requests that ended in an error of the connection",
        ["requests/recorded"] = "values in the histogram",
        ["request_rate/all-per-duration"] = "all requests / the tool's duration",
        ["failure_rate/per-duration"] = "failed requests / the tool's duration",
        ["check_rate/passed-of-all"] = "k6: checks that held / all checks",
        ["iterations/all"] = "k6: iterations of the script that ended",
        ["iterations/dropped"] = "k6: iterations that could not be begun in time",
        ["iteration_rate/per-duration"] = "k6: iterations / its duration",
        ["exceptions/raised"] = "Locust: exceptions of the test's own code",
        ["input_tokens/per-request"] = "prompt tokens of a request",
        ["input_tokens/sum"] = "prompt tokens of all successes",
        ["output_tokens/per-request"] = "output tokens of a request",
        ["output_tokens/sum"] = "output tokens of all successes",
        ["request_rate/ok-per-duration"] = "successes / the tool's duration, with what runs out at the end",
        ["output_token_rate/per-duration"] = "output tokens of successes / the tool's duration",
        ["token_rate/per-duration"] = "prompt and output tokens of successes / the tool's duration",
        ["output_tokens/sum-retokenized"] = "output tokens of all successes, counted again from the text",
        ["output_token_rate/per-request"] = "output tokens of a request / its whole time",
        ["output_token_rate/completed"] = "output tokens of completed samples / the time until the last of them",
        ["request_rate/completed"] = "completed samples / the time until the last of them",
        ["request_rate/scheduled"] = "scheduled requests / the time of the schedule",
        ["duration/run"] = "length of the run as the tool counts it",
    };

    private static readonly HashSet<string> Shares = ["error_rate", "check_rate"];

    /// <summary>Of the values of a run of ChaosBench's own.</summary>
    public static IReadOnlyDictionary<string, string> Own(bool open) => new Dictionary<string, string>
    {
        ["ttft"] = open ? "ttft/first-token@planned" : "ttft/first-token@send",
        ["e2e"] = open ? "e2e/last-token@planned" : "e2e/last-token@send",
        ["tpot"] = "tpot/after-first-event",
    };

    /// <summary>The sentence, or the id itself of one that is not in the list.</summary>
    public static string Say(string id) => All.GetValueOrDefault(id, id);

    /// <summary>Base unit of a definition's values.</summary>
    public static string UnitOf(string id)
    {
        var metric = id.Split('/', 2)[0];
        return metric.EndsWith("_rate", StringComparison.Ordinal) ? Shares.Contains(metric) ? "share" : "/s"
            : metric is "requests" or "input_tokens" or "output_tokens" or "iterations" or "exceptions" ? "count" : "s";
    }
}
