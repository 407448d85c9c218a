namespace ChaosBench.Scenarios.Files;

/// <summary>A compound fault by name: plain faults over one stretch of time.</summary>
/// <param name="Response">The well-behaved response, one sentence.</param>
public sealed record FaultPreset(string Name, string Summary, string Response, IReadOnlyList<PresetPart> Parts);

/// <summary>One plain fault of a preset.</summary>
/// <param name="Text">As it would stand under <c>faults:</c>, without times.</param>
/// <param name="From">Its start, as a part of the preset's time: 0 to 1.</param>
/// <param name="Length">Its length, as a part of the preset's time.</param>
public sealed record PresetPart(string Text, double From = 0, double Length = 1)
{
    /// <summary>So many windows of equal length with pauses of the same length between them; 1: one.</summary>
    public int Windows { get; init; } = 1;

    /// <summary>Leaves the part out where its fault is not in the catalogue or the target cannot carry it.</summary>
    public bool WherePossible { get; init; }
}

/// <summary>The presets. What they are made of is shown by <c>faults describe</c>, and by <c>validate</c> and <c>plan</c> once they stand in a file.</summary>
public static class FaultPresets
{
    public static IReadOnlyList<FaultPreset> All { get; } =
    [
        new("rate-limit-storm", "The endpoint limits its rate in waves, and is overloaded in between.",
            "Clients wait for as long as Retry-After says, attempts do not multiply, and nothing is left of it when it is over.",
            [
                new("{ fault: http.429, share: 60% }") { Windows = 3 },
                new("{ fault: http.503, share: 10% }"),
            ]),
        new("brown-out", "Nothing fails and everything is slow: streams drip, replies start late, lookups drag.",
            "Requests beyond their time are given up early, slow replicas lose traffic, and answers stay right.",
            [
                new("{ fault: stream.slow_drip, share: 30%, with: { gap: 60ms } }"),
                new("{ fault: http.slow_headers, share: 20% }"),
                new("{ fault: node.slow, with: { speed: 25% } }") { WherePossible = true },
                new("{ fault: dependency.latency, share: 50%, with: { p50: 80ms, p99: 400ms } }") { WherePossible = true },
            ]),
        new("bad-rollout", "One replica comes back from a rollout with badly quantized weights while another one is restarted.",
            "Wrong answers of the one are noticed and it is taken out of rotation; the loss of the other is not felt.",
            [
                new("{ fault: model.wrong_quantization, select: { replica: 0 }, with: { bits: 3 } }"),
                new("{ fault: node.kill, select: { replica: 1 } }", 0.3, 0.4),
            ]),
        new("poisoned-retrieval", "What the service looks up gives orders to the model, or does not come at all.",
            "The orders are not followed, answers without the lookup are marked as such, and all is as before when it is over.",
            [
                new("{ fault: dependency.poisoned_answer, share: 40% }") { WherePossible = true },
                new("{ fault: adversarial.prompt_injection, share: 20% }"),
                new("{ fault: dependency.error, share: 20% }", 0.2, 0.6) { WherePossible = true },
            ]),
        new("provider-outage", "A provider goes down in three acts: errors, nobody there, and streams cut on the way back.",
            "Requests fail quickly or go elsewhere, half answers are never taken for whole ones, and load returns gently.",
            [
                new("{ fault: http.503, share: 50% }", 0, 0.3),
                new("{ fault: connection.refuse }", 0.3, 0.3),
                new("{ fault: stream.cut, share: 40%, with: { after: 3, how: reset } }", 0.6, 0.4),
            ]),
        new("edge-device", "A throttled processor behind a thin and spotty link.",
            "Answers come late and whole; requests that meet a gap fail in a typed way and the next ones succeed.",
            [
                new("{ fault: resource.cpu }") { WherePossible = true },
                new("{ fault: connection.bandwidth, with: { perSecond: 8KiB } }"),
                new("{ fault: connection.jitter, with: { delay: 40ms, jitter: 30ms } }"),
                new("{ fault: connection.reset, share: 20% }") { Windows = 3 },
            ]),
    ];

    public static FaultPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
