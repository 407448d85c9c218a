using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Pairs of shares that do not differ at all say only that a difference is rare. With d0 in each of the pairs, a true difference at the
/// limit would have gone unseen in n requests with a chance of at most (1 - |limit - d0|)^n: the rule of three. Few requests that
/// agree are no proof that many would.
/// </summary>
internal static class SharesAlike
{
    /// <param name="requests">Of the version that had fewer.</param>
    /// <returns>False: too few requests to hold the limit, whatever the signs say. True for everything that is no share.</returns>
    public static bool Tell(Objective objective, double each, double limit, long requests, double alpha) =>
        objective.LimitKind != LimitKind.DifferenceToBaseline || !BaselineWords.IsShare(objective)
        || Needed(each, limit, alpha) <= requests;

    /// <summary>Requests of each version that it takes.</summary>
    public static double Needed(double each, double limit, double alpha)
    {
        var gap = Math.Abs(limit - each);
        return gap <= 0 ? double.PositiveInfinity : gap >= 1 ? 1 : Math.Ceiling(Math.Log(alpha) / Math.Log(1 - gap));
    }
}
