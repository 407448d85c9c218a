using System.Globalization;
using System.Text;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>A plan's summary as plain text for a terminal. Names from scenario and data files lose their control characters.</summary>
public static class PlanSummaryText
{
    public static void Write(PlanSummary summary, TextWriter output)
    {
        var plan = summary.Plan;
        Line(output, $"scenario  {Plain(plan.Scenario.Name)}");
        Line(output, $"plan      sha256 {plan.Sha256}, seed {plan.Seed}");
        Line(output, $"targets   {TargetText("candidate", plan.Scenario.Candidate)}{(plan.Scenario.Baseline is { } baseline ? ", " + TargetText("baseline", baseline) : "")}");
        Line(output, $"workload  {WorkloadText(plan.Scenario.Workload)}, {plan.Arrivals.Count:N0} {(plan.Scenario.Workload is Workload.Open ? "requests" : "requests in the cycle")}{(plan.Turns is { } turns ? Invariant($", up to {turns.Total:N0} that follow them") : "")}");
        DesignWords.Lines(plan).ForEach(line => Line(output, $"{line}"));
        if (plan.Scenario.ClientPolicy is { } policy)
        {
            Line(output, $"client    up to {policy.Retries} retries from {policy.Backoff.TotalMilliseconds:0.###} ms on{(policy.AttemptTimeout is { } limit ? Invariant($", {limit.TotalSeconds:0.###} s an attempt") : "")}{(policy.HedgeAfter is { } hedge ? Invariant($", hedged after {hedge.TotalSeconds:0.###} s") : "")}");
        }

        WriteFiles(plan, output);
        Line(output, $"tokens    at most {summary.MaxOutputTokens:N0} out; about {summary.PromptBytes / 4:N0} in ({summary.PromptBytes:N0} bytes of prompts)");
        WritePhases(summary, output);
        WriteLoad(summary, output);
        WriteSlices("prompts", summary.PromptSets, plan.Arrivals.Count, output);
        WriteSlices("cohorts", summary.Cohorts, plan.Arrivals.Count, output);
        WriteAssertions(plan.Scenario.Mix, output);
        if (plan.Scenario.Judge is { } judge)
        {
            Line(output, $"judge     {Plain(judge.Target.Name)} says of up to {judge.Answers} answers, {judge.Repeats} times each, whether: {Plain(judge.Criteria)}");
        }

        if (plan.Scenario.Golden is { } golden)
        {
            Line(output, $"golden    {Plain(golden)}");
        }

        if (plan.Scenario.Reference is { } reference)
        {
            Line(output, $"reference {Plain(reference)}, for drift");
        }

        if (plan.Scenario.Prices is { } prices)
        {
            Line(output, $"prices    {Price(prices)}{(prices.Baseline is { } other ? $"; baseline {Price(other)}" : "")}");
        }

        WriteFaults(summary, output);
        WriteRadius(plan, output);
        WriteDetections(plan.Scenario.Detections, output);
        WriteTelemetry(plan.Scenario.Telemetry, output);
        WriteAuthority(summary.Requested, output);
    }

    private static string Price(Prices prices) => prices.DeviceHour > 0
        ? Invariant($"{prices.DeviceHour:0.####} for an hour of each of {prices.Devices} device(s)")
        : Invariant($"{prices.Input:0.####} in and {prices.Output:0.####} out for a million tokens");

    /// <summary>A scenario file may come from a stranger, and it may name any file: what was read is shown before anything is sent.</summary>
    private static void WriteFiles(Plan plan, TextWriter output)
    {
        var read = plan.Files.OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        for (var at = 0; at < read.Count; at++)
        {
            Line(output, $"{(at == 0 ? "reads" : ""),-9} {Plain(read[at].Key)}  sha256 {read[at].Value[..Math.Min(12, read[at].Value.Length)]}");
        }
    }

    private static void WritePhases(PlanSummary summary, TextWriter output)
    {
        Line(output, $"phases");
        foreach (var phase in summary.Phases)
        {
            var load = phase.Requests is { } requests ? Invariant($"{requests:N0} requests, {phase.RatePerSecond:0.##}/s") : "as fast as answers come";
            Line(output, $"  {Words(phase.Window.Phase),-10} {Seconds(phase.Window.Start)} to {Seconds(phase.Window.End)}  {load}");
        }
    }

    /// <summary>The planned rate over time as a line of bars, because a wrong shape is seen at once and a number hides it.</summary>
    private static void WriteLoad(PlanSummary summary, TextWriter output)
    {
        if (summary.Load is { } load)
        {
            Line(output, $"load       {load.Bars}  {load.Seconds:0.###}s a sign, {load.Least:0.##}/s to {load.Most:0.##}/s");
        }
    }

    private static string Words(Phase phase) => phase == Phase.WarmUp ? "warm-up" : phase.ToString().ToLowerInvariant();

    private static void WriteSlices(string title, IReadOnlyList<PlanSummary.Slice> slices, int all, TextWriter output)
    {
        Line(output, $"{title}");
        foreach (var slice in slices)
        {
            Line(output, $"  {slice.Requests,8:N0}  {100.0 * slice.Requests / all,5:0.0}%  {Plain(slice.Name)}");
        }
    }

    private static void WriteAssertions(IReadOnlyList<MixEntry> mix, TextWriter output)
    {
        foreach (var entry in mix.Where(entry => entry.AssertRows))
        {
            Line(output, $"asserts  {Plain(entry.Prompts.Name)}: what its rows assert");
        }

        foreach (var entry in mix.Where(entry => entry.Assertions.Count > 0))
        {
            Line(output, $"asserts  {Plain(entry.Prompts.Name)}: {Plain(string.Join("; ", entry.Assertions.Select(assertion => assertion.Text)))}");
        }
    }

    private static void WriteFaults(PlanSummary summary, TextWriter output)
    {
        Line(output, $"faults{(summary.Faults.Count == 0 ? "    none" : "")}");
        foreach (var victims in summary.Faults)
        {
            var fault = victims.Fault;
            var select = string.Concat(fault.Fault.Select.Select(pair => $", {pair.Key}: {pair.Value}"));
            Line(output, $"  {Plain(fault.Fault.Id)}  {Plain(fault.Fault.Kind)}  {Seconds(fault.Start)} to {Seconds(fault.End)}, share {fault.Fault.Share}{Plain(select)}{(fault.Fault.Preset is { } preset ? $" (preset {preset})" : "")}");
            foreach (var line in FaultWords.Lines(fault))
            {
                Line(output, $"    {Plain(line)}");
            }

            Line(output, $"    {victims.Rule}");
            if (victims.Victims is { } ids)
            {
                Line(output, $"    {victims.Count:N0} of {victims.Eligible:N0}: {string.Join(' ', ids)}{(victims.Count > ids.Count ? " ..." : "")}");
            }
        }
    }

    private static void WriteRadius(Plan plan, TextWriter output)
    {
        foreach (var (line, number) in FaultLimits.Lines(plan).Select((line, number) => (line, number)))
        {
            Line(output, $"{(number == 0 ? "radius" : ""),-9} {Plain(line)}");
        }
    }

    private static void WriteDetections(IReadOnlyList<DetectionSource> sources, TextWriter output)
    {
        foreach (var (source, at) in sources.Select((source, at) => (source, at)))
        {
            Line(output, $"{(at == 0 ? "hears" : ""),-9} {Plain(Files.DetectionWords.Line(source))}");
        }
    }

    private static void WriteTelemetry(Observability? telemetry, TextWriter output)
    {
        if (telemetry is { TraceContext: true })
        {
            Line(output, $"traces    requests carry a traceparent header, {telemetry.Sample} of the traces are sampled");
        }

        foreach (var source in telemetry?.Scrapes ?? [])
        {
            Line(output, $"scrapes   {Plain(source.Name)}  {Plain(Files.Urls.Public(source.Url))} every {source.Every.TotalSeconds:0.###}s{(source.Keep.Count > 0 ? $", keeps {Plain(string.Join(' ', source.Keep))}" : "")}");
        }
    }

    private static void WriteAuthority(Authority asked, TextWriter output)
    {
        var parts = new List<string>();
        parts.AddRange(asked.Hosts.Select(host => "--allow-host " + host));
        parts.AddRange(asked.Environment.Select(name => "--allow-env " + name));
        parts.AddRange(new[] { (asked.Exec, "--allow-exec"), (asked.Docker, "--allow-docker"), (asked.Pid, "--allow-pid") }
            .Where(flag => flag.Item1).Select(flag => flag.Item2));
        Line(output, $"asks for  {(parts.Count == 0 ? "nothing beyond this process" : Plain(string.Join(' ', parts)))}");
    }

    private static string TargetText(string role, Target target) => target switch
    {
        Target.Onnx onnx => Plain($"{role} {onnx.Name} (onnx {onnx.Model}, {onnx.Replicas} replicas, {onnx.Device})"),
        Target.OpenAi openAi => Plain(
            $"{role} {openAi.Name} (openai {openAi.Model}{(openAi.Tokenizer is { } tokenizer ? $", tokens by {tokenizer} where it counts none" : "")})"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string WorkloadText(Workload workload) => workload switch
    {
        Workload.Open { Sessions: true } open => $"open, {ArrivalWords.Of(open.Arrivals)}, whole conversations with the answers that come, "
            + (open.ThinkTime is { } think ? Invariant($"{think.TotalSeconds:0.###}s after each") : "paced as recorded"),
        Workload.Open open => $"open, {ArrivalWords.Of(open.Arrivals)}",
        Workload.Closed closed => Invariant($"closed, {closed.Clients} clients, think time {closed.ThinkTime.TotalSeconds:0.###}s{(closed.Sessions ? ", whole conversations with the answers that come" : "")}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Seconds(long nanos) => Invariant($"{Nanos.ToSeconds(nanos):0.###}s");

    /// <summary>Terminal escapes, direction overrides and line ends shown as \uXXXX.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            var hidden = char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            if (hidden)
            {
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}");
            }
            else
            {
                plain.Append(letter);
            }
        }

        return plain.ToString();
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static void Line(TextWriter output, FormattableString text) => output.Write(FormattableString.Invariant(text) + "\n");
}
