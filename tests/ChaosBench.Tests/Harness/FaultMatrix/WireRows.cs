using ChaosBench.Reports.Journal;
using static ChaosBench.Tests.Harness.FaultMatrix.MatrixRow;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>Faults on streams, replies and connections, and clients that are faults, on a served model behind its HTTP face.</summary>
internal static class WireRows
{
    public static IReadOnlyList<MatrixRow> All { get; } =
    [
        Hit("stream.slow_first_token", ", with: { delay: 150ms }", "the first token comes 150 ms after sending at least", (_, hit) => Seen.IsLate(hit, 150)),
        Hit("stream.slow_drip", ", with: { gap: 15ms }", "gaps of 14 ms and more between tokens", (_, hit) => Seen.HasGap(hit, 14)),
        Hit("stream.stall", ", with: { after: 2 }", "nothing after the second event, until it is lifted", (_, hit) => hit.Outcome != Outcome.Completed || Seen.HasGap(hit, 50)),
        Hit("stream.cut", ", with: { after: 2 }", "truncated; never taken for whole", (_, hit) => hit.Outcome == Outcome.Truncated),
        Hit("stream.malformed_sse", ", with: { after: 2 }", "malformed", (_, hit) => hit.Outcome == Outcome.Malformed),
        Hit("stream.duplicate_chunk", ", with: { chunks: 100% }", "another answer than without it", (seen, hit) => seen.IsOther(hit)),
        Hit("stream.reorder_chunk", ", with: { chunks: 50% }", "another answer than without it", (seen, hit) => seen.IsOther(hit)),
        Hit("stream.drop_chunk", ", with: { chunks: 50% }", "another answer than without it", (seen, hit) => seen.IsOther(hit)),
        Hit("stream.error_in_band", ", with: { after: 2 }", "failed, though its status was 200", (_, hit) => hit.Outcome == Outcome.Failed),
        Hit("stream.missing_done", ", with: { finishReason: drop }", "truncated: nothing said that it was whole", (_, hit) => hit.Outcome == Outcome.Truncated),
        Hit("stream.missing_usage", "", "the same answer; the last count of its tokens does not come", (seen, hit) => seen.IsClean(hit)),
        Hit("stream.wrong_finish_reason", ", with: { reason: content_filter }", "finished as content_filter", (_, hit) => hit.FinishReason == "content_filter"),
        Control("stream.legal_comments", ""), Control("stream.legal_crlf", ""), Control("stream.legal_chunking", ""),
        Control("stream.legal_split", ", with: { bytes: 40B, gap: 0ms }"),
        Hit("http.429", ", with: { retryAfter: 3s }", "overloaded, status 429, Retry-After 3 s", (_, hit) => hit is { Outcome: Outcome.Overloaded, Status: 429, RetryAfter: 3 }),
        Hit("http.500", "", "failed, status 500", (_, hit) => hit is { Outcome: Outcome.Failed, Status: 500 }),
        Hit("http.502", "", "failed, status 502", (_, hit) => hit is { Outcome: Outcome.Failed, Status: 502 }),
        Hit("http.503", "", "overloaded, status 503", (_, hit) => hit is { Outcome: Outcome.Overloaded, Status: 503 }),
        Hit("http.504", "", "failed, status 504", (_, hit) => hit is { Outcome: Outcome.Failed, Status: 504 }),
        Hit("http.wrong_content_type", "", "status 200, and no answer", (_, hit) => hit is { Status: 200 } && hit.Outcome != Outcome.Completed),
        Hit("http.bad_json", "", "malformed, though its status was 200", (_, hit) => hit is { Outcome: Outcome.Malformed, Status: 200 }),
        Hit("http.empty_body", "", "empty, though its status was 200", (_, hit) => hit is { Outcome: Outcome.Empty, Status: 200 }),
        Hit("http.truncated_body", ", with: { bytes: 90B }", "truncated", (_, hit) => hit.Outcome == Outcome.Truncated),
        Hit("http.slow_headers", ", with: { delay: 150ms }", "the first token comes 140 ms after sending at least", (_, hit) => Seen.IsLate(hit, 140)),
        Hit("connection.reset", "", "reset, without a status", (_, hit) => hit is { Outcome: Outcome.Reset, Status: null }),
        Of("connection.refuse", "", "connections are refused: connect-error",
            seen => seen.All.Any(one => one.Outcome == Outcome.ConnectError)),
        Hit("connection.blackhole", "", "no answer, until it is lifted", (_, hit) => hit.Outcome is Outcome.Reset or Outcome.TimedOut or Outcome.Truncated),
        Hit("connection.dns_failure", "", "a gateway's 502 that names DNS", (_, hit) => hit.Status == 502 && hit.Reason!.Contains("dns_failure", StringComparison.Ordinal)),
        Hit("connection.tls_failure", "", "a gateway's 502 that names TLS", (_, hit) => hit.Status == 502 && hit.Reason!.Contains("tls_failure", StringComparison.Ordinal)),
        Control("connection.churn", ""),
        Hit("connection.bandwidth", ", with: { perSecond: 20KiB }", "gaps of 5 ms and more, and the same answer", (seen, hit) => seen.IsClean(hit) && hit.Ended - hit.Sent >= 50_000_000),
        Hit("connection.jitter", ", with: { delay: 40ms, jitter: 5ms }", "the first token comes 35 ms after sending at least", (_, hit) => Seen.IsLate(hit, 35)),
        Hostile("hostile.abandon", ", with: { clients: 2 }"), Hostile("hostile.slow_read", ", with: { clients: 2 }"), Hostile("hostile.churn", ", with: { clients: 2 }"),
        Hostile("hostile.burst", ", with: { requests: 8, every: 300ms }"), Hostile("input.slow_upload", ", with: { clients: 2 }"),
        Hostile("input.wrong_content_length", ", with: { clients: 1, how: long }"), Hostile("resource.connection_pool", ", with: { connections: 16 }"),
    ];

    private static MatrixRow Control(string fault, string more) => Hit(fault, more, "nothing: the same answer as without it", (seen, hit) => seen.IsClean(hit));

    private static MatrixRow Hostile(string fault, string more) => Of(
        fault, more, "its connections did what they are for, and bystanders got their answers",
        seen => seen.Applied > 0 && seen.Bystanders.Any(one => one.Outcome == Outcome.Completed), 1200);
}
