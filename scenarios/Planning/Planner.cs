using System.Diagnostics;
using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <param name="Files">Where prompt files are read.</param>
public sealed record PlanInputs(IPromptFiles Files)
{
    public static readonly TimeSpan UsualBlock = TimeSpan.FromSeconds(1);

    /// <summary>A/B runs: wanted length of one arm's turn. Default 1 s.</summary>
    public TimeSpan Block { get; init; } = UsualBlock;
}

/// <summary>
/// (Scenario, seed) to plan. Pure but for reading prompt files. Every kind of decision has a random stream of its own (arrivals, mix,
/// sweep, prompts, sampling, arm-order, one a fault), so that changing one leaves the others where they were.
/// </summary>
public static class Planner
{
    /// <summary>Above this a plan, at 16 bytes a request, no longer fits in memory beside a run.</summary>
    public const int MaxArrivals = 50_000_000;

    /// <summary>Closed workloads: the clients draw from a cycle of at most this many requests, or one a client.</summary>
    public const int MaxCycle = 4096;

    /// <summary>Throws <see cref="PromptException"/> when a file cannot be read or the plan would be too large.</summary>
    public static Plan Create(Scenario scenario, ulong seed, PlanInputs inputs)
    {
        var pairs = PairLimits.Of(scenario, inputs.Block);
        var slot = PairLimits.Slot(scenario, inputs.Block);
        var phases = PhaseWindows(scenario, pairs, slot);
        CheckSize(scenario, phases[^1].End);
        var stretches = Blocks.Cut(scenario, phases, seed, slot);
        var faults = scenario.Faults
            .Select((fault, number) => PairedFaults.In(FaultWindows.Place(fault, number, seed, FaultsOver(phases)), stretches))
            .ToList();
        var sets = new LoadedSets(seed, inputs.Files);
        var mix = new MixDraw(scenario.Mix, seed, LoaderOf(scenario, sets));
        var writer = new ArrivalWriter(seed, Arms.Create(scenario, seed, [.. stretches.SelectMany(stretch => stretch.Plays)], inputs.Block));
        switch (scenario.Workload)
        {
            case Workload.Open open:
                CheckSessions(scenario, open);
                AddOpen(writer, Instants(open, stretches[^1].End, mix.GroupSize, seed, sets), stretches, mix, copies: scenario.IsMirrored);
                break;
            case Workload.Closed closed:
                AddClosed(writer, closed, scenario, mix);
                break;
            default:
                throw new UnreachableException();
        }

        if (scenario.Workload is Workload.Open)
        {
            // The order of requests is known, and so is who has which number; a closed workload decides when its clients send.
            faults = [.. faults.Select(fault => PlannedVictims.Fix(fault, seed, writer.Arrivals, scenario.Design is not ComparisonDesign.Split))];
            writer.Damage(faults.FindAll(fault => InputFaults.Handles(fault.Fault.Kind)));
        }

        // The clients of a closed workload go round and round a short cycle.
        var arrivals = scenario.Workload is Workload.Closed ? [.. writer.Arrivals] : writer.Arrivals;
        var plan = new Plan
        {
            Scenario = scenario,
            Seed = seed,
            Phases = phases,
            Faults = faults,
            Arrivals = arrivals,
            Turns = scenario.Workload is Workload.Open { Sessions: true } ? new TurnNumbers(arrivals) : null,
            Blocks = scenario.Baseline is null || scenario.Design is not ComparisonDesign.Turns ? [] : stretches.SelectMany(stretch => stretch.Plays).ToList(),
            Pairs = pairs,
            Files = sets.Files,
            Sha256 = "",
        };
        return plan with { Sha256 = PlanText.Sha256(plan) };
    }

    private static List<PhaseWindow> PhaseWindows(Scenario scenario, PairLimits? pairs, TimeSpan block)
    {
        var windows = new List<PhaseWindow>();
        // Each fresh start brings a warm-up of its own.
        var durations = scenario.Fresh is null ? scenario.Phases : scenario.Phases with { WarmUp = TimeSpan.Zero };
        if (pairs is not null)
        {
            var (_, each) = PairLimits.Shape(Nanos.From(durations.Baseline), Nanos.From(block));
            durations = durations with { Baseline = TimeSpan.FromTicks(2 * each * pairs.Most / 100) };
        }

        foreach (var (phase, length) in new[]
        {
            (Phase.WarmUp, durations.WarmUp), (Phase.Baseline, durations.Baseline),
            (Phase.Fault, durations.Fault), (Phase.Recovery, durations.Recovery),
        })
        {
            var start = windows.Count == 0 ? 0 : windows[^1].End;
            if (length > TimeSpan.Zero)
            {
                windows.Add(new PhaseWindow(phase, start, start + Nanos.From(length)));
            }
        }

        return windows.Count > 0
            ? windows
            : throw new PromptException($"{scenario.Name}: all phases are empty; give at least one a duration, for example phases: {{ baseline: 20s }}");
    }

    /// <summary>The end of the fault phase: recovery is measured without faults.</summary>
    private static long FaultsOver(IReadOnlyList<PhaseWindow> phases) =>
        phases.FirstOrDefault(phase => phase.Phase == Phase.Fault)?.End ?? phases[^1].End;

    private static void CheckSize(Scenario scenario, long end)
    {
        var expected = (scenario.IsMirrored ? 2 : 1) * (scenario.Workload is Workload.Open open ? ArrivalTimes.Expected(open.Arrivals, end) : 0);
        if (!(expected <= MaxArrivals))
        {
            throw new PromptException(string.Create(
                CultureInfo.InvariantCulture,
                $"{scenario.Name}: the plan would hold {expected:N0} requests (rate times duration); at most {MaxArrivals:N0}: lower the rate or shorten the phases"));
        }
    }

    /// <summary>When something arrives, on the drawn timeline; and in a replay, which row of the trace.</summary>
    private static IEnumerable<Instant> Instants(Workload.Open open, long span, double groupSize, ulong seed, LoadedSets sets) =>
        open.Arrivals is ArrivalProcess.Replay replay
            ? sets.Trace(replay.Trace).Instants(replay.Speed, span, open.Sessions).Select(row => new Instant(row.At, replay.Trace, row.Row))
            : ArrivalTimes.Create(open.Arrivals, span, groupSize, KeyedHash.Stream(seed, "arrivals")).Select(at => new Instant(at, null, 0));

    /// <summary>Whole conversations where the workload wants them, paced as it says.</summary>
    private static Func<PromptSet, IReadOnlyList<Prompt>> LoaderOf(Scenario scenario, LoadedSets sets) => scenario.Workload switch
    {
        Workload.Closed { Sessions: true } => set => sets.Conversations(set, null),
        Workload.Open { Sessions: true } open => set => sets.Conversations(
            set, new SessionPace(open.Arrivals is ArrivalProcess.Replay replay ? replay.Speed : 1, open.ThinkTime)),
        _ => sets.Load,
    };

    private static void CheckSessions(Scenario scenario, Workload.Open open)
    {
        if (!open.Sessions)
        {
            return;
        }

        if (scenario.Baseline is not null && scenario.Design is not ComparisonDesign.Split)
        {
            throw new PromptException($"{scenario.Name}: an A/B run gives the time to one arm after the other, and a conversation would reach into the other's; leave sessions: out, or split the traffic: split: {{ candidate: 50% }}");
        }

        CheckTurns(scenario);
    }

    private static void CheckTurns(Scenario scenario)
    {
        if (scenario.Mix.Any(entry => entry.Batch.Any(size => size > 1)))
        {
            throw new PromptException($"{scenario.Name}: batch: beside sessions: true; a turn waits for one answer, not for a batch: leave batch out");
        }

        if (!scenario.Mix.Any(entry => entry.Prompts is PromptSet.Traced))
        {
            throw new PromptException($"{scenario.Name}: sessions: true needs prompts that have turns; name a prompt set with trace: in the mix");
        }
    }

    private static void AddOpen(
        ArrivalWriter writer, IEnumerable<Instant> instants, IReadOnlyList<Blocks.Stretch> stretches, MixDraw mix, bool copies)
    {
        using var times = instants.GetEnumerator();
        var more = times.MoveNext();
        foreach (var stretch in stretches)
        {
            // A stretch that is played once need not be remembered, and it may be the whole of a long plan.
            var again = new List<(long After, IReadOnlyList<MixDraw.Draw> Draws)>();
            for (; more && times.Current.At < stretch.End; more = times.MoveNext())
            {
                var after = times.Current.At - stretch.Start;
                var draws = mix.Next(times.Current.Trace, times.Current.Row);
                writer.Add(stretch.Plays[0].Start + after, draws);
                if (copies)
                {
                    writer.Add(stretch.Plays[0].Start + after, draws);
                }

                if (stretch.Plays.Count > 1)
                {
                    again.Add((after, draws));
                }
            }

            foreach (var play in stretch.Plays.Skip(1))
            {
                foreach (var (after, draws) in again)
                {
                    writer.Add(play.Start + after, draws);
                }
            }
        }
    }

    private readonly record struct Instant(long At, PromptSet? Trace, int Row);

    private static void AddClosed(ArrivalWriter writer, Workload.Closed closed, Scenario scenario, MixDraw mix)
    {
        if (scenario.Baseline is not null)
        {
            throw new PromptException($"{scenario.Name}: an A/B run needs an open workload, so that both arms get the same arrivals; write workload: {{ open: ... }}");
        }

        if (scenario.Mix.Any(entry => entry.Batch.Any(size => size > 1)))
        {
            throw new PromptException($"{scenario.Name}: batch needs an open workload; in a closed one raise clients instead");
        }

        if (closed.Sessions)
        {
            CheckTurns(scenario);
        }

        var cycle = Math.Max(closed.Clients, (int)Math.Min(MaxCycle, closed.Clients * 256L));
        while (writer.Arrivals.Count < cycle)
        {
            writer.Add(0, mix.Next());
        }
    }

    /// <summary>Prompt sets by reference, each read once.</summary>
    private sealed class LoadedSets(ulong seed, IPromptFiles files)
    {
        private readonly Dictionary<PromptSet, IReadOnlyList<Prompt>> _sets = new(ReferenceEqualityComparer.Instance);
        private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, string> Files => _files;

        /// <summary>Throws <see cref="PromptException"/> for a trace without times.</summary>
        public TracedPrompts Trace(PromptSet.Traced set) => (TracedPrompts)Load(set);

        /// <summary>Whole conversations where the set has them.</summary>
        /// <param name="pace">Null: nothing is recorded of the turns' instants.</param>
        public IReadOnlyList<Prompt> Conversations(PromptSet set, SessionPace? pace) =>
            Load(set) is TracedPrompts trace ? trace.Conversations(pace) : Load(set);

        public IReadOnlyList<Prompt> Load(PromptSet set)
        {
            if (!_sets.TryGetValue(set, out var prompts))
            {
                var loaded = PromptSets.Load(set, seed, files);
                _sets[set] = prompts = loaded.Prompts;
                foreach (var (path, sha256) in loaded.Files)
                {
                    _files[path] = sha256;
                }
            }

            return prompts;
        }
    }
}
