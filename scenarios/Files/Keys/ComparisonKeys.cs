using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>How the two versions of an A/B run are compared.</summary>
internal static class ComparisonKeys
{
    public static readonly Key<PairBudget> UntilDecided = new(
        "untilDecided", new ScalarKind<PairBudget>(
            "a budget", "10m", static scalar => PairBudgetText.Parse(scalar.Text),
            static () => new() { ["type"] = "string", ["pattern"] = PairBudgetText.Pattern }),
        "An A/B run goes on until every gate vs baseline is decided, at least for the baseline phase and at most for this: a time (10m) or a number of pairs of blocks (300 pairs).")
        { Example = "10m" };

    private static readonly Key<Share> CandidateShare = new(
        "candidate", Scalars.Share, "Share of the requests that goes to the candidate, above 0% and at most 50%.") { Required = true, Example = "5%" };

    private static readonly Key<TimeSpan> Rotate = new(
        "rotate", Scalars.Duration, "Who goes to the candidate is drawn anew this often, 1s or more; within that time everybody stays where they are.")
        { Default = "10s" };

    private static readonly Key<string> By = new(
        "by", Scalars.Name, "Tag of the prompts that says whose request it is: all requests of one go to the same version. Left out: of one conversation, or of one prompt.")
        { Example = "user" };

    private static readonly Table<ComparisonDesign.Split> SplitTable = new(
        "split", "a split", "Both versions at once, each with its share of the requests: a canary.", [CandidateShare, Rotate, By],
        keys => new ComparisonDesign.Split(keys.Get(CandidateShare), keys.Get(Rotate), keys.Find(By)));

    public static readonly Key<ComparisonDesign.Split> Split = new(
        "split", SplitTable, "Both versions at once, each with its share of the requests, instead of taking turns: a canary.")
        { Example = "{ candidate: 5% }" };

    public static readonly Key<string> Shadow = new(
        "shadow", Scalars.Choice("what can be a shadow", ("candidate", "candidate")),
        "Mirrored traffic: each request goes to the baseline, whose answer is what users get, and a copy of it to the candidate.")
        { Example = "candidate" };

    private static readonly Key<TimeSpan> Within = new(
        "within", Scalars.Duration, "Pause without load before each block, in which the version is started and asked its unmeasured requests.")
        { Default = "5s", Example = "5s" };

    private static readonly Key<int> Requests = new(
        "requests", Scalars.Count(0, 1_000), "Requests after each start that no number counts, one after another.") { Default = "8" };

    private static readonly Table<FreshStarts> FreshTable = new(
        "starts", "fresh starts", "Each version is started anew before each of its blocks.", [Within, Requests],
        keys => new FreshStarts(keys.Get(Within), keys.Get(Requests)));

    public static readonly Key<StartsSetting> Starts = new(
        "starts", new ShortOr<StartsSetting>(
            Scalars.Choice("how versions are started", ("warm", new StartsSetting(null)), ("fresh", new StartsSetting(new FreshStarts(TimeSpan.FromSeconds(5), 8)))),
            new CheckedKind<FreshStarts, StartsSetting>(FreshTable, static (fresh, _, _) => new StartsSetting(fresh))),
        "A/B runs in turns. warm: both versions are started once. fresh: each is started anew before each of its blocks, alone; or { within: 5s, requests: 8 }.")
        { Default = "warm", Example = "fresh" };

    public static ComparisonDesign DesignOf(KeyReader keys)
    {
        var (split, shadow) = (keys.Find(Split), keys.Find(Shadow));
        if (keys.Has(Split) && keys.Has(Shadow))
        {
            keys.Report(Shadow, "shadow: beside split:", "keep one of them");
        }

        return split is not null ? split : shadow is not null ? new ComparisonDesign.Shadow() : new ComparisonDesign.Turns();
    }

    /// <summary>Reports what does not fit together, where it stands.</summary>
    public static void Check(KeyReader keys, Scenario scenario)
    {
        if (scenario.Design is not ComparisonDesign.Turns && ComparisonChecks.OfDesign(scenario) is { } misfit)
        {
            keys.Report(scenario.Design is ComparisonDesign.Split ? Split : Shadow, misfit.Wrong, misfit.Right);
        }

        if (scenario.Fresh is not null && ComparisonChecks.OfFresh(scenario) is { } wrong)
        {
            keys.Report(Starts, wrong.Wrong, wrong.Right);
        }

        if (scenario.UntilDecided is not null && ComparisonChecks.OfBudget(scenario) is { } flaw)
        {
            keys.Report(UntilDecided, flaw.Wrong, flaw.Right);
        }
    }
}

/// <summary>Tells <c>warm</c> from a key that is left out.</summary>
internal sealed record StartsSetting(FreshStarts? Fresh);
