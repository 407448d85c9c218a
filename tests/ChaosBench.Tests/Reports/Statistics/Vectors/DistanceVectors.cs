using System.Text.Json;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Texts;

namespace ChaosBench.Tests.Reports.Statistics.Vectors;

internal static class DistanceVectors
{
    public static IReadOnlyDictionary<string, Func<JsonElement, object>> Topics { get; } = new Dictionary<string, Func<JsonElement, object>>
    {
        ["drift on binned counts"] = Bins,
        ["drift with an empty bin"] = inputs => new
        {
            psi_smoothed = Drift.Of(inputs.Counts("reference_counts"), inputs.Counts("current_counts"), inputs.Number("jeffreys_pseudocount")).Value.Psi,
            js_divergence_nats_unsmoothed = Drift.JensenShannonOf(inputs.Counts("reference_counts"), inputs.Counts("current_counts")).Value,
        },
        ["Wasserstein-1 and energy distance"] = inputs =>
        {
            var energy = EnergyDistance.Of(inputs.Numbers("x"), inputs.Numbers("y")).Value;
            return new
            {
                wasserstein_1 = Wasserstein.Of(inputs.Numbers("x"), inputs.Numbers("y")).Value,
                scipy_energy_distance = energy.Root,
                E_statistic_V = energy.V,
                E_statistic_U = energy.U,
            };
        },
        ["distribution tests on embedding vectors"] = Embeddings,
        ["cosine similarity"] = Direction,
        ["ROUGE / BLEU parts / chrF / Levenshtein"] = Words,
    };

    private static object Bins(JsonElement inputs)
    {
        var drift = Drift.Of(inputs.Counts("reference_counts"), inputs.Counts("current_counts"), pseudocount: 0).Value;
        return new
        {
            psi = drift.Psi,
            kl_ref_cur_nats = drift.KlFromReference,
            kl_cur_ref_nats = drift.KlFromCurrent,
            js_divergence_nats = drift.JensenShannon,
            js_divergence_bits = drift.JensenShannonBits,
            js_distance_base2 = drift.JensenShannonDistance,
            hellinger = drift.Hellinger,
            total_variation = drift.TotalVariation,
            chi2 = drift.ChiSquared,
            chi2_dof = drift.Degrees,
            chi2_p = drift.P,
            psi_null_mean_approx = drift.NullMean,
            psi_null_95pct_approx = drift.Threshold,
        };
    }

    private static object Embeddings(JsonElement inputs)
    {
        // Embeddings are single precision: 0.8 and 0.6 are not, and the vector's answers are of doubles.
        static float[][] Scaled(float[][] rows) => Array.ConvertAll(rows, row => Array.ConvertAll(row, value => MathF.Round(value * 5)));
        var (x, y) = (Scaled(inputs.Vectors("X")), Scaled(inputs.Vectors("Y")));
        var test = VectorTest.Of(x, y).Value;
        var given = VectorTest.Of(x, y, new VectorTestSettings(Gamma: inputs.Number("gamma") / 25)).Value;
        return new
        {
            median_pairwise_distance = test.Median / 5,
            gamma_median_heuristic = test.Gamma * 25,
            mmd2_biased = given.Biased,
            mmd2_unbiased = given.Unbiased,
            energy_E_V = test.Energy / 5,
            energy_exact_permutation_p = test.EnergyP,
            mmd2_biased_exact_permutation_p = test.MmdP,
            permutations = test.Splits,
        };
    }

    private static object Direction(JsonElement inputs)
    {
        var (u, v) = (inputs.Numbers("u"), inputs.Numbers("v"));
        var cosine = Cosine.Similarity(u, v).Value;
        Assert.Equal(cosine, Cosine.Similarity(Array.ConvertAll(u, x => (float)x), Array.ConvertAll(v, x => (float)x)).Value, 15);
        return new
        {
            cosine,
            angular_distance_over_pi = Cosine.AngularDistance(cosine),
            dot = u.Zip(v, (a, b) => a * b).Sum(),
            euclidean = Math.Sqrt(u.Zip(v, (a, b) => (a - b) * (a - b)).Sum()),
        };
    }

    private static object Words(JsonElement inputs)
    {
        var (candidate, reference) = (inputs.Text("candidate"), inputs.Text("reference"));
        double[] All(Overlap overlap) => [overlap.Precision, overlap.Recall, overlap.F];
        var (longest, bleu) = (Rouge.L(candidate, reference).Value, Bleu.Of(candidate, reference).Value);
        return new
        {
            rouge1_p_r_f = All(Rouge.N(candidate, reference, 1).Value),
            rouge2_p_r_f = All(Rouge.N(candidate, reference, 2).Value),
            rougeL_f = longest.F,
            lcs_words = longest.Recall * reference.Split(' ').Length,
            bleu_clipped_precisions_1_4 = bleu.Precisions,
            brevity_penalty = bleu.BrevityPenalty,
            levenshtein_chars = Levenshtein.Distance(candidate, reference).Value,
            chrF2_0_100 = ChrF.Of(candidate, reference).Value,
        };
    }
}
