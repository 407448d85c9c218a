using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>Ceilings on what faults may do.</summary>
internal static class BlastRadiusKeys
{
    private static readonly Key<Share> Share =
        new("share", Scalars.Share, "Of requests that faults may hit at one moment; shares of overlapping faults join.") { Example = "50%" };
    private static readonly Key<int> Replicas =
        new("replicas", Scalars.Count(0, 1_000), "Replicas, processes and containers that faults may hit at one moment.") { Example = "1" };
    private static readonly Key<TimeSpan> Duration =
        new("duration", Scalars.Limit, "In which any fault acts, in all.") { Example = "30s" };
    private static readonly Key<long> Tokens =
        new("tokens", Scalars.LongCount(1, long.MaxValue), "Output tokens that the whole plan may ask for. Open workloads only.") { Example = "200000" };
    private static readonly Key<double> Cost = new(
        "cost", Scalars.Number(0.0001, 1_000_000), "Of the whole plan at most, at the prices in the targets' budget. Open workloads only.") { Example = "2.5" };

    private static readonly Table<BlastRadius> Table = new(
        "blastRadius", "a blast radius", "Ceilings: a plan whose faults would exceed one is refused, with the sums.",
        [Share, Replicas, Duration, Tokens, Cost],
        keys => new BlastRadius(keys.Maybe(Share), keys.Maybe(Replicas), keys.Maybe(Duration), keys.Maybe(Tokens), keys.Maybe(Cost)));

    public static readonly Key<BlastRadius> Radius = new(
        "blastRadius", Table, "Ceilings: a plan whose faults would exceed one is refused, with the sums.")
        { Default = "{}", Example = "{ share: 50%, replicas: 1, duration: 30s }" };

    /// <summary>Ceilings that need a plan that knows its requests, or prices.</summary>
    public static void Check(KeyReader keys, BlastRadius radius, Workload workload, IReadOnlyList<Target> targets)
    {
        if (workload is not Workload.Open && (radius.Tokens is not null || radius.Cost is not null))
        {
            keys.Report(Radius, "a closed workload sends as its answers come, so that no plan knows its tokens or its cost",
                "write budget: at the target, which is kept while the run goes on");
        }

        if (radius.Cost is not null && !targets.Any(target => target is Target.OpenAi { Budget: { InputPrice: > 0 } or { OutputPrice: > 0 } }))
        {
            keys.Report(Radius, "no target says what tokens cost", "write budget: { inputPrice: 0.5, outputPrice: 1.5 } at the target");
        }
    }
}
