using System.Text.Json;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Sequential;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class SequentialVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["mixture SPRT"] = Mixture,
        ["asymptotic confidence sequence radius (unit variance)"] = Asymptotic,
        ["time-uniform quantile confidence sequence (Howard & Ramdas 2022, stitched form)"] = Quantiles,
        ["Wald SPRT on error rate"] = Shares,
    };

    private static object Mixture(JsonElement inputs)
    {
        var test = new MixtureSprt(inputs.Number("sigma2"), inputs.Number("tau2"));
        var (ratios, chances) = (new List<double>(), new List<double>());
        foreach (var n in inputs.Counts("n_per_arm"))
        {
            test = test.Look(n, inputs.Number("mean_diff"));
            ratios.Add(test.Ratio(n, inputs.Number("mean_diff")));
            chances.Add(test.P);
        }

        return new { Lambda = ratios, always_valid_p = chances };
    }

    private static object Asymptotic(JsonElement inputs)
    {
        var sequence = AsymptoticSequence.For(1_000, inputs.Number("alpha"));
        return new
        {
            rho_optimised_for_t1000 = sequence.Rho,
            radius = inputs.Counts("t").Select(t => sequence.Radius(t, 1)),
            fixed_n_radius = inputs.Counts("t").Select(t => Normal.InvCDF(0, 1, 1 - (inputs.Number("alpha") / 2)) / Math.Sqrt(t)),
        };
    }

    private static object Quantiles(JsonElement inputs)
    {
        var (times, shares, alpha) = (inputs.Counts("t"), inputs.Numbers("p"), inputs.Number("alpha"));
        return new
        {
            ell = times.Select(t => QuantileSequence.Ell(t, alpha)),
            f = times.Select(t => shares.Select(p => QuantileSequence.Reach(t, p, alpha))),
            upper_rank_prob_p_plus_f = times.Select(t => shares.Select(p => p + QuantileSequence.Reach(t, p, alpha))),
        };
    }

    private static object Shares(JsonElement inputs)
    {
        var test = new WaldSprt(inputs.Number("p0"), inputs.Number("p1"), inputs.Number("alpha"), inputs.Number("beta"));
        var states = inputs.GetProperty("states").EnumerateArray().Select(Inputs.Numbers).ToList();
        return new
        {
            llr = states.Select(state => test.LogLikelihoodRatio(state[0], state[1])),
            upper_ln_A = test.Upper,
            lower_ln_B = test.Lower,
            decisions = states.Select(state => test.Decide(state[0], state[1]) switch
            {
                SprtDecision.AtMostP0 => "accept H0",
                SprtDecision.AtLeastP1 => "accept H1",
                _ => "continue",
            }),
        };
    }
}
