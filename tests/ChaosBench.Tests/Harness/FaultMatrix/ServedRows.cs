using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;
using static ChaosBench.Tests.Harness.FaultMatrix.MatrixRow;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>Faults on requests, dependencies and models, on a model that is served in this process.</summary>
internal static class ServedRows
{
    private static readonly string Old = Repository.Path("scenarios", "models", "triage-undertrained");

    public static IReadOnlyList<MatrixRow> All { get; } =
    [
        Kept("input.null_bytes"), Kept("input.control_characters"), Kept("input.mojibake"), Kept("input.surrogates"), Kept("input.zero_width"),
        Kept("input.bidi"), Kept("input.homoglyph"), Kept("input.typos"), Kept("input.case_space"), Kept("input.token_flood"), Kept("input.repeated_tokens"),
        Kept("adversarial.prompt_injection"), Kept("adversarial.encoded"), Kept("adversarial.prompt_extraction"), Kept("adversarial.glitch_strings"),
        Refused("input.truncated_utf8"), Refused("input.invalid_utf8"), Refused("input.malformed_json"), Refused("input.wrong_types"),
        Refused("input.missing_fields"), Refused("input.bad_numbers"), Refused("input.oversize_context"),
        Hit("dependency.latency", ", with: { delay: 120ms }", "the first token comes 100 ms later at least", (_, hit) => Seen.IsLate(hit, 100)),
        Hit("dependency.error", "", "served without the record and marked as degraded; dependency-error noticed",
            (seen, hit) => hit.Degraded && seen.Noticed.Contains("dependency-error")),
        Hit("dependency.timeout", "", "served as degraded after the server's own limit; dependency-timeout noticed",
            (seen, hit) => hit.Degraded && Seen.IsLate(hit, 200) && seen.Noticed.Contains("dependency-timeout")),
        Hit("dependency.stale_answer", "", "the request is served with the kept record", (_, hit) => hit.Outcome == Outcome.Completed && !hit.Degraded),
        Hit("dependency.poisoned_answer", ", share: 40%", "the record is found out, quarantined and not used: degraded; guardrail-quarantined noticed",
            (seen, hit) => hit.Degraded && seen.Noticed.Contains("guardrail-quarantined")),
        Hit("model.poisoned_context", ", share: 60%, with: { how: wrong-type }", "the first who meets it finds it: degraded; guardrail-quarantined noticed",
            (seen, hit) => hit.Degraded && seen.Noticed.Contains("guardrail-quarantined")),
        Model("model.weight_bitflip", "with: { bits: exponent-top, count: 64 }"),
        Model("model.wrong_quantization", "with: { bits: 2 }"), Model("model.stale_version", $"with: {{ model: {Old} }}"), Model("model.wrong_tokenizer", "with: { shift: 7 }"),
        Of("model.dropped_shard", ", select: { replica: 1 }", "the replica says what does not load and stays out: replica-lost noticed",
            seen => seen.Detail.Contains("it does not serve", StringComparison.Ordinal) && seen.Noticed.Contains("replica-lost"), 1500),
        Hit("model.logits_nan", ", share: 50%", "that request alone fails with non_finite_logits", (seen, hit) =>
            hit is { Outcome: Outcome.Failed, Reason: "non_finite_logits" } && seen.Bystanders.Any(one => one.Outcome == Outcome.Completed)),
        Of("resource.thread_pool", "", "what is queued behind the blocked threads waits",
            seen => seen.Detail.Contains("one behind them waited", StringComparison.Ordinal)),
    ];

    /// <summary>Text that a service has to take, or may refuse with a reason; never a 5xx.</summary>
    private static MatrixRow Kept(string fault) => Hit(
        fault, "", "answered, or refused with a reason", (_, hit) => hit.Outcome == Outcome.Completed || (hit.Outcome == Outcome.Refused && hit.Reason is not null), 500);

    private static MatrixRow Refused(string fault) => Hit(
        fault, "", "refused with status 400 and a reason", (_, hit) => hit is { Outcome: Outcome.Refused, Status: 400, Reason: not null }, 500);

    private static MatrixRow Model(string fault, string with) => Of(
        fault, $", select: {{ replica: 1 }}, {with}", "the replica's canary answers otherwise, or it does not serve any more",
        seen => seen.Detail.Contains("its canary answers otherwise", StringComparison.Ordinal) || seen.Detail.Contains("it does not serve", StringComparison.Ordinal)
            || seen.Detail.Contains("its canary fails", StringComparison.Ordinal), 1500);
}
