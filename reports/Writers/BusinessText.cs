using System.Globalization;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;

namespace ChaosBench.Reports.Writers;

/// <summary>The business figures in plain words: a title, the figure, and what it is made of. The same in every report.</summary>
internal static class BusinessText
{
    internal sealed record Row(string Title, string Figure, string Plain);

    public static IReadOnlyList<Row> Of(Business business) =>
    [
        new("Users would have seen fail", $"{Count(business.Failed)} of {Count(business.Requests)}",
            $"requests that got no answer, or a broken one ({Wording.Percent((double)business.Failed / business.Requests)})"
            + (business.NotSent > 0 ? $"; {Count(business.NotSent)} of the whole run were never sent, because it ended early" : "")),
        new("Error budget burned", Wording.Duration(business.OutageMinutes * 60), Budget(business)),
        Cost(business),
    ];

    private static string Budget(Business business)
    {
        var cost = $"a full outage of that length would have cost as much: {Count(business.Bad)} requests {(business.OfErrors ? "failed" : "failed, came late or were wrong")}";
        return business is { BudgetShareOf30Days: { } share, Slo: { } slo }
            ? $"{cost}; {(share is > 0 and < 0.00005 ? "less than 0.01 %" : Wording.Percent(share))} of what 30 days may have at {Wording.Percent(slo)}" : cost;
    }

    private static Row Cost(Business business) => business.CostOfThousandGood is { } cost
        ? new("Cost of a thousand good answers", Wording.Money(cost),
            $"in the scenario's currency: {Wording.Money(business.Paid!.Value)} paid, failed requests included, for {Count(business.Good)} good answers")
        : business.TokensOfOneGood is { } tokens
            ? new("Tokens paid for a good answer", Wording.Number(tokens), "output tokens, those of failed requests included; the scenario declares no price, so there is no sum of money")
            : new("Cost of a thousand good answers", "unknown", business.Good == 0 ? "there was no good answer" : "nobody counted the output tokens");

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
