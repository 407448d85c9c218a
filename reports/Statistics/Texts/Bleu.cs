namespace ChaosBench.Reports.Statistics.Texts;

public enum BleuSmoothing
{
    /// <summary>Any length without a match makes the score 0.</summary>
    None,

    /// <summary>One more match and one more run for each length above 1 (Lin and Och 2004).</summary>
    AddOne,
}

/// <summary>
/// Overlap of runs of 1 to 4 words with a penalty for brevity (Papineni et al., BLEU, 2002): white-space tokens as they are, clipped
/// counts; brevity penalty e^(1 - r/c) when the candidate is shorter.
/// </summary>
/// <param name="Precisions">Clipped, lengths 1 to 4, before smoothing; 0 where the candidate is too short.</param>
/// <param name="Score">0 to 1.</param>
public sealed record Bleu(IReadOnlyList<double> Precisions, double BrevityPenalty, double Score)
{
    private const int Longest = 4;

    public static Answer<Bleu> Of(string candidate, string reference, BleuSmoothing smoothing = BleuSmoothing.None)
    {
        var (mine, theirs) = (Overlap.Words(candidate), Overlap.Words(reference));
        if (mine.Length == 0 || theirs.Length == 0)
        {
            return Lack.NotEnough("an empty text has no words to compare");
        }

        var (precisions, logs) = (new double[Longest], 0.0);
        for (var n = 1; n <= Longest; n++)
        {
            double shared = Overlap.Shared(Overlap.Grams(mine, n, " "), Overlap.Grams(theirs, n, " "));
            double all = Math.Max(0, mine.Length - n + 1);
            precisions[n - 1] = all == 0 ? 0 : shared / all;
            var more = smoothing == BleuSmoothing.AddOne && n > 1 ? 1 : 0;
            logs += all + more == 0 ? double.NegativeInfinity : Math.Log((shared + more) / (all + more));
        }

        var penalty = mine.Length >= theirs.Length ? 1 : Math.Exp(1 - ((double)theirs.Length / mine.Length));
        return new Bleu(precisions, penalty, penalty * Math.Exp(logs / Longest));
    }
}
