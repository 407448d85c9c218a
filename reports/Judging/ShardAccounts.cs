using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Judging;

/// <summary>What must hold of a run that several processes shared: all of them are there, went to their end, and began together.</summary>
internal static class ShardAccounts
{
    /// <summary>Seconds: shards further apart did not make the planned load together. Rates and fault windows are read by the second.</summary>
    public const double MostSkew = 0.25;

    public static IEnumerable<Finding> Findings(Measurements run)
    {
        if (run.Run.Shard is { Of: > 1 } shard)
        {
            yield return Of(
                run, "shards", 1, shard.Of, "count", false, string.Create(CultureInfo.InvariantCulture,
                    $"This is shard {shard.Number} of {shard.Of}: a part of the load decides nothing. 'chaosbench merge' joins all of them and judges.")) with { ReasonCode = ReasonCodes.OneShard };
        }
        else if (run.Run.Merged is { } merged)
        {
            yield return Whole(run, merged);
            yield return Together(run, merged);
        }
    }

    /// <summary>A shard is missing, or its journal stops before it ended.</summary>
    public static bool IsPartial(MergedShards merged) => merged.Missing.Any() || merged.Shards.Any(shard => shard.Stopped is not null);

    private static Finding Whole(Measurements run, MergedShards merged)
    {
        var whole = merged.Shards.Count(shard => shard.Stopped is null);
        var wrong = merged.Missing.Select(number => string.Create(CultureInfo.InvariantCulture, $"shard {number} of {merged.Of} left no journal"))
            .Concat(merged.Shards.Where(shard => shard.Stopped is not null).Select(shard => string.Create(
                CultureInfo.InvariantCulture, $"shard {shard.Number} of {merged.Of} stopped after {Wording.Duration(Nanos.ToSeconds(shard.Stopped!.Value))}")));
        return Of(
            run, "shards", whole, merged.Of, "count", whole == merged.Of, whole == merged.Of
                ? string.Create(CultureInfo.InvariantCulture, $"All {merged.Of} shards are there and went to their end.")
                : $"{string.Join("; ", wrong)}: without it the target was not asked what was planned. Run all shards again.")
            with { ReasonCode = whole == merged.Of ? ReasonCodes.Held : ReasonCodes.ShardMissing };
    }

    private static Finding Together(Measurements run, MergedShards merged)
    {
        var worst = merged.Shards.MaxBy(shard => Math.Abs(shard.Skew))!;
        var skew = Math.Abs(worst.Skew);
        var unsure = merged.Shards.Any(shard => shard.SkewError is null);
        var held = skew <= MostSkew;
        var against = unsure ? "by their own clocks, which could not be compared: the target sends no Date header" : string.Create(
            CultureInfo.InvariantCulture, $"clocks put right by the target's, to within {Wording.Duration(merged.Shards.Max(shard => shard.SkewError) ?? 0)}");
        return Of(run, "common start", skew, MostSkew, "s", held, held
            ? $"The shards began within {Wording.Duration(skew)} of the first ({against})."
            : $"Shard {worst.Number} began {Wording.Duration(skew)} {(worst.Skew > 0 ? "after" : "before")} the first ({against}); at most "
                + $"{Wording.Duration(MostSkew)} is allowed. Give all of them the same --start-at, far enough ahead.")
            with { ReasonCode = held ? ReasonCodes.Held : ReasonCodes.ShardLate };
    }

    private static Finding Of(Measurements run, string what, double observed, double limit, string unit, bool held, string advice) =>
        Validity.Precondition(run, what, observed, limit, unit, run.Run.Merged?.Shards.Count ?? 1, held, advice);
}
