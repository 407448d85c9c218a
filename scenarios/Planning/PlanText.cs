using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// The plan as canonical text: what is sent when and what breaks when, one line an arrival, prompts by hash alone. Targets, gates
/// and paths are not in it, so two runs with one hash had the same traffic and faults, whatever they were sent to.
/// </summary>
public static class PlanText
{
    /// <summary>Of the canonical text in UTF-8, lower-case hex.</summary>
    public static string Sha256(Plan plan)
    {
        using var hash = new HashWriter();
        Write(plan, hash);
        return hash.Finish();
    }

    /// <summary>Lines end in LF on every system; numbers are invariant; names are quoted so that none can fake a line.</summary>
    public static void Write(Plan plan, TextWriter output)
    {
        output.Write(Line($"chaosbench-plan 1\nscenario {Quote(plan.Scenario.Name)}\nseed {plan.Seed}\n"));
        output.Write(Line($"targets {(plan.Scenario.Baseline is null ? "candidate" : "candidate baseline")}\n"));
        output.Write(Line($"workload {WorkloadText(plan.Scenario.Workload)}\n"));
        output.Write(plan.Scenario.Baseline is null ? "" : plan.Scenario.Design switch
        {
            ComparisonDesign.Turns => "",
            ComparisonDesign.Split split => Line($"split {split.Candidate.Value:R} {Nanos.From(split.Rotate)} by {Quote(split.By ?? "")}\n"),
            ComparisonDesign.Shadow => "shadow\n",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
        if (plan.Scenario.Fresh is { } fresh)
        {
            output.Write(Line($"starts fresh {Nanos.From(fresh.Within)} {fresh.Requests}\n"));
        }

        if (plan.Pairs is { } pairs)
        {
            output.Write(Line($"until-decided {pairs.Least} {pairs.Most}\n"));
        }

        foreach (var phase in plan.Phases)
        {
            output.Write(Line($"phase {phase.Phase} {phase.Start} {phase.End}\n"));
        }

        foreach (var sha256 in plan.Files.Values.Distinct().Order(StringComparer.Ordinal))
        {
            output.Write(Line($"file {sha256}\n"));
        }

        if (plan.Scenario.ClientPolicy is { } policy)
        {
            output.Write(Line($"client retries={policy.Retries} backoff={policy.Backoff.Ticks} attempt={policy.AttemptTimeout?.Ticks ?? 0} hedge={policy.HedgeAfter?.Ticks ?? 0}\n"));
        }

        if (plan.Scenario.Telemetry is { TraceContext: true } telemetry)
        {
            output.Write(Line($"traceparent sample={telemetry.Sample.Value:R}\n"));
        }

        foreach (var fault in plan.Faults)
        {
            output.Write(Line(
                $"fault {Quote(fault.Fault.Id)} {Quote(fault.Fault.Kind)} {fault.Start} {fault.End} share={fault.Fault.Share.Value:R} select={Pairs(fault.Fault.Select)} with={Pairs(fault.Fault.With)}{FaultWords.Canonical(fault)}\n"));
        }

        var texts = new SharedTexts();
        foreach (var arrival in plan.Arrivals)
        {
            WriteArrival(arrival, texts, output);
        }
    }

    private static void WriteArrival(Arrival arrival, SharedTexts texts, TextWriter output)
    {
        var sampling = arrival.Sampling;
        var (head, cohort, tags) = texts.Of(arrival.Cohort);
        var (prompt, expected, turns) = texts.Of(arrival.Prompt);
        output.Write(Line(
            $"{arrival.Index} {arrival.At} {arrival.Role} {arrival.Block} {arrival.Group} {Quote(arrival.Key)} {head} {prompt} "));
        output.Write(Line(
            $"t={sampling.Temperature:R} max={sampling.MaxTokens} stream={(sampling.Stream ? 1 : 0)} seed={sampling.Seed} {cohort} expected={expected} tags={tags} faults={(arrival.InputFaults.Count == 0 ? "\"\"" : Quote(string.Join(',', arrival.InputFaults)))}{texts.Of(arrival.Assertions)}{turns}\n"));
    }

    /// <summary>Parts of lines that many arrivals share, made once while there are not too many of them.</summary>
    private sealed class SharedTexts
    {
        private const int MostKept = 50_000;

        private readonly Dictionary<PlannedPrompt, (string Head, string Expected, string Turns)> _prompts = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Cohort, (string Name, string Settings, string Tags)> _cohorts = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<IReadOnlyList<Assertion>, string> _assertions = new(ReferenceEqualityComparer.Instance);

        public (string Head, string Expected, string Turns) Of(PlannedPrompt prompt) => Kept(_prompts, prompt, static prompt => (
            $"{Quote(prompt.Id)} {PromptHash.Sha256(prompt)}", prompt.Expected is { } expected ? Short(expected) : "-", TurnsText(prompt)));

        public (string Name, string Settings, string Tags) Of(Cohort cohort) => Kept(_cohorts, cohort, static cohort => (
            Quote(cohort.Prompts), Line($"batch={cohort.Batch} {cohort.Role} {cohort.Grader}"), Pairs(cohort.Tags)));

        public string Of(IReadOnlyList<Assertion> assertions) =>
            assertions.Count == 0 ? "" : Kept(_assertions, assertions, AssertionsText);

        private static TText Kept<TPart, TText>(Dictionary<TPart, TText> kept, TPart part, Func<TPart, TText> make)
            where TPart : class
        {
            if (!kept.TryGetValue(part, out var text))
            {
                if (kept.Count == MostKept)
                {
                    kept.Clear();
                }

                kept[part] = text = make(part);
            }

            return text;
        }
    }

    /// <summary>By hash: patterns may be long, and the line is written for every request.</summary>
    private static string AssertionsText(IReadOnlyList<Assertion> assertions) => assertions.Count == 0 ? ""
        : $" assert={Short(string.Join('\n', assertions.Select(assertion => assertion.Text)))}";

    private static string WorkloadText(Workload workload) => workload switch
    {
        Workload.Open { Sessions: true } open => Line(
            $"{WorkloadText(open with { Sessions = false })} sessions {(open.ThinkTime is { } think ? Nanos.From(think) : "as recorded")}"),
        Workload.Open { Arrivals: ArrivalProcess.Constant constant } => Line($"constant {constant.Rate.PerSecond:R}"),
        Workload.Open { Arrivals: ArrivalProcess.Poisson poisson } => Line($"poisson {poisson.Rate.PerSecond:R}"),
        Workload.Open { Arrivals: ArrivalProcess.Ramp ramp } => Line($"ramp {ramp.From.PerSecond:R} {ramp.To.PerSecond:R}"),
        Workload.Open { Arrivals: ArrivalProcess.Shaped shaped } => ShapedText(shaped),
        Workload.Open { Arrivals: ArrivalProcess.Clients clients } => string.Join(" + ", clients.Each.Select(ShapedText)),
        Workload.Open { Arrivals: ArrivalProcess.Replay replay } => Line($"replay {Quote(replay.Trace.Name)} {replay.Speed:R}"),
        Workload.Closed closed => Line($"closed {closed.Clients} {Nanos.From(closed.ThinkTime)}{(closed.Sessions ? " sessions" : "")}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Later turns of a conversation, by hash like the first.</summary>
    private static string TurnsText(PlannedPrompt prompt) => prompt.Turns.Count == 0 ? ""
        : Line($" turns={prompt.Turns.Count}:{Short(string.Join('\0', prompt.Turns.Select(turn => $"{turn.MaxTokens} {PromptHash.Sha256(new PlannedPrompt("", turn.Messages, null, null))}{WaitText(turn)}")))}");

    /// <summary>Nothing for the turns of closed clients, which wait for the one before alone.</summary>
    private static string WaitText(PlannedTurn turn) => turn is { After: null, Delay: 0, NotBefore: 0, Answers: null } ? ""
        : Line($" {(turn.After is { } after ? string.Join(',', after) : "-")} {turn.Delay} {turn.NotBefore} {(turn.Answers is { } places ? string.Join(',', places.Select(place => $"{place.Message}:{place.Turn}")) : "-")}");

    private static string ShapedText(ArrivalProcess.Shaped shaped) => $"{LawText(shaped.Gaps)} {ProfileText(shaped.Profile)}";

    private static string LawText(GapLaw law) => law switch
    {
        GapLaw.Equal => "constant",
        GapLaw.Poisson => "poisson",
        GapLaw.Gamma gamma => Line($"gamma {gamma.Shape:R}"),
        GapLaw.Weibull weibull => Line($"weibull {weibull.Shape:R}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string ProfileText(RateProfile profile) => profile switch
    {
        RateProfile.Flat flat => Line($"flat {flat.Rate.PerSecond:R}"),
        RateProfile.Ramp ramp => Line($"ramp {ramp.From.PerSecond:R} {ramp.To.PerSecond:R}"),
        RateProfile.Step step => Line($"step {step.From.PerSecond:R} {step.To.PerSecond:R} {Nanos.From(step.At)}"),
        RateProfile.Spike spike => Line($"spike {spike.Base.PerSecond:R} {spike.Peak.PerSecond:R} {Nanos.From(spike.At)} {Nanos.From(spike.For)}"),
        RateProfile.Sine sine => Line($"sine {sine.Mean.PerSecond:R} {sine.Amplitude.PerSecond:R} {Nanos.From(sine.Period)}"),
        RateProfile.Stages stages => "stages " + string.Join(',', stages.Each.Select(
            stage => Line($"{Nanos.From(stage.For)}:{stage.From.PerSecond:R}:{stage.To.PerSecond:R}"))),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>An expected answer enters by hash too: it may say what the prompt says.</summary>
    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(text)))[..16];

    private static string Pairs(IReadOnlyDictionary<string, string> pairs) =>
        Quote(string.Join(',', pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));

    /// <summary>Printable ASCII stays, the rest becomes \uXXXX.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                quoted.Append(letter);
            }
            else
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
        }

        return quoted.Append('"').ToString();
    }

    private static string Line(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Hashes text as it is written, so that the text of a large plan never exists as a whole.</summary>
    private sealed class HashWriter : TextWriter
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _text = new byte[1 << 16];
        private int _length;

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value)
        {
            for (var rest = value.AsSpan(); rest.Length > 0;)
            {
                // A unit is three bytes at most; a pair is never cut, as everything beyond ASCII was quoted.
                var part = rest[..Math.Min(rest.Length, _text.Length / 3)];
                if (_text.Length - _length < part.Length * 3)
                {
                    Flush();
                }

                _length += Encoding.UTF8.GetBytes(part, _text.AsSpan(_length));
                rest = rest[part.Length..];
            }
        }

        public override void Flush()
        {
            _hash.AppendData(_text, 0, _length);
            _length = 0;
        }

        public string Finish()
        {
            Flush();
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
