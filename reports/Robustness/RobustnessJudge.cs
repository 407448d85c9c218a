using System.Globalization;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics.Multiplicity;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Robustness;

/// <summary>
/// Gates <c>under corrupted input</c>: how much worse the same prompts are answered when they are damaged, of one version or beyond what the
/// baseline loses by the same damage (a difference of differences). Every corruption is judged by itself: the gate holds when it holds for all,
/// which needs no correction, and is broken when one breaks it even with Holm's over all of them. What is shown is the worst.
/// </summary>
internal static class RobustnessJudge
{
    public static Ruling Decide(Objective objective, Measurements run, Slice slice)
    {
        if (objective.UnderCorruption == Contrast.Baseline && run.Baseline is null)
        {
            return Ruling.Undecided(ReasonCodes.BaselineMissing, "The run has no baseline target to compare with; add targets: { baseline: ... } to the scenario.");
        }

        var effects = Effects(objective, run, slice);
        var judged = effects.FindAll(effect => effect.IsKnown);
        if (judged.Count == 0)
        {
            var most = effects.Count == 0 ? 0 : effects.Max(effect => effect.Prompts);
            return Ruling.Undecided(
                ReasonCodes.TooFewSamples,
                $"{most} prompts were asked clean and corrupted{Wording.Where(objective)} with a value for {Wording.NameOf(objective.Metric)}; at least {CorruptionEffect.FewestPrompts} are needed. "
                    + "Run longer, or give the prompt set a limit: so that the same prompts come both ways.") with { Samples = most };
        }

        var worseIsMore = objective.Comparison is Comparison.Less or Comparison.LessOrEqual;
        var limit = Limit(objective);
        var corrected = Adjusted.Holm([.. judged.Select(effect => effect.Chance!.Value)]).Values;
        var sides = judged.Select((effect, at) => Side(objective, effect, corrected[at] ?? 1)).ToList();
        var worst = Enumerable.Range(0, judged.Count).MaxBy(at => (Rank(sides[at]), worseIsMore ? judged[at].High : -judged[at].Low));
        var untold = effects.FindAll(effect => !effect.IsKnown && effect.Prompts > 0);
        var verdict = sides.Contains(FindingVerdict.Fail) ? FindingVerdict.Fail
            : sides.Contains(FindingVerdict.Inconclusive) || untold.Count > 0 ? FindingVerdict.Inconclusive
            : FindingVerdict.Pass;
        return Ruled(objective, verdict, judged, worst, untold) with
        {
            Chance = corrected.Min(),
            Parts = [.. judged.Select((effect, at) => new FindingPart(
                effect.Corruption, effect.Prompts, Outward(objective, effect.Mean), Outward(objective, effect.Low), Outward(objective, effect.High), sides[at], corrected[at]))],
        };
    }

    private static FindingVerdict Side(Objective objective, CorruptionEffect effect, double corrected)
    {
        var side = AbsoluteJudge.Side(objective.Comparison, effect.Low, effect.High, Limit(objective));
        return side == FindingVerdict.Fail && corrected > 1 - AbsoluteJudge.Confidence ? FindingVerdict.Inconclusive : side;
    }

    private static int Rank(FindingVerdict verdict) => verdict switch { FindingVerdict.Fail => 2, FindingVerdict.Inconclusive => 1, _ => 0 };

    private static List<CorruptionEffect> Effects(Objective objective, Measurements run, Slice slice)
    {
        var mine = CorruptedPairs.Of(objective, run.In(slice));
        var theirs = objective.UnderCorruption == Contrast.Baseline ? CorruptedPairs.Of(objective, run.In(slice with { Target = run.Baseline! })) : null;
        return [.. mine.Corruptions.Select(corruption => Effect(objective, mine.Under(corruption), theirs?.Under(corruption), corruption, run.Run.Seed))];
    }

    private static CorruptionEffect Effect(
        Objective objective, Dictionary<PromptKey, (Cell Clean, Cell Corrupted)> mine, Dictionary<PromptKey, (Cell Clean, Cell Corrupted)>? theirs,
        string corruption, ulong seed)
    {
        var prompts = mine.Where(pair => theirs is null || theirs.ContainsKey(pair.Key)).OrderBy(pair => pair.Key.Set, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Id, StringComparer.Ordinal)
            .Select(pair => (pair.Value.Clean.Cluster, Cells: (IReadOnlyList<Cell>)(theirs is null
                ? [pair.Value.Clean, pair.Value.Corrupted]
                : [pair.Value.Clean, pair.Value.Corrupted, theirs[pair.Key].Clean, theirs[pair.Key].Corrupted])))
            .ToList();
        var worseIsMore = objective.Comparison is Comparison.Less or Comparison.LessOrEqual;
        return IsShare(objective)
            ? CorruptionEffect.OfShares(corruption, [.. prompts.Select(prompt => (Difference(prompt.Cells), prompt.Cluster))], objective.Limit, worseIsMore)
                .Within(theirs is null ? 1 : 2)
            : CorruptionEffect.OfQuantiles(corruption, prompts, objective.Aggregation.Percent / 100, (Limit(objective), worseIsMore), seed);
    }

    private static double Difference(IReadOnlyList<Cell> cells) =>
        cells[1].Mean - cells[0].Mean - (cells.Count == 4 ? cells[3].Mean - cells[2].Mean : 0);

    private static Ruling Ruled(Objective objective, FindingVerdict verdict, List<CorruptionEffect> judged, int at, List<CorruptionEffect> untold)
    {
        var (unit, effect) = (IsShare(objective) ? "pp" : "relative", judged[at]);
        string Change(double value) => Wording.Quantity(Outward(objective, value), unit);
        var asks = $"the gate asks for {Wording.Side(objective.Comparison)} {Wording.Quantity(unit == "pp" ? objective.Limit * 100 : objective.Limit, unit)}";
        var beyond = objective.UnderCorruption == Contrast.Baseline ? " beyond what the baseline loses" : "";
        var seen = string.Create(
            CultureInfo.InvariantCulture,
            $"Under corrupted input {Wording.Aggregated(objective)}{Wording.Where(objective)} changed at worst by {Change(effect.Mean)}{beyond}, somewhere from {Change(effect.Low)} to {Change(effect.High)} ({effect.Corruption}, {effect.Prompts} prompts, the worst of {judged.Count} corruptions); {asks}");
        var more = verdict != FindingVerdict.Inconclusive ? "."
            : untold.Count > 0 ? $", and of {string.Join(", ", untold.Select(one => $"{one.Corruption} ({one.Prompts} prompts)"))} nothing can be told. More pairs would decide it."
            : ", too close to tell with 95 % confidence. More prompts would narrow it.";
        return new Ruling
        {
            Verdict = verdict,
            ReasonCode = verdict switch { FindingVerdict.Pass => ReasonCodes.Held, FindingVerdict.Fail => ReasonCodes.Broken, _ when untold.Count > 0 => ReasonCodes.TooFewSamples, _ => ReasonCodes.Straddles },
            Advice = seen + more,
            Observed = Outward(objective, effect.Mean),
            Samples = effect.Prompts,
            Unit = unit,
            Interval = new Interval(Outward(objective, effect.Low), Outward(objective, effect.High), AbsoluteJudge.Confidence, IsShare(objective) ? "clustered t" : "cluster bootstrap"),
        };
    }

    private static double Limit(Objective objective) => IsShare(objective) ? objective.Limit : Math.Log(1 + objective.Limit);

    private static double Outward(Objective objective, double value) => IsShare(objective) ? value * 100 : Math.Exp(value) - 1;

    private static bool IsShare(Objective objective) => Metrics.UnitOf(objective.Metric) == MetricUnit.Share;
}
