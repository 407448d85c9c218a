using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Statistics.Distances;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>
/// Sentences with a known relation, for a test of the embedder itself. Cosine is not correctness: many embedders find "not refunded" nearer
/// to "refunded" than "paid back" is. The report says how blind this one is.
/// </summary>
internal static class Polarity
{
    /// <summary>Also the canaries by which a changed embedder is recognised.</summary>
    public static IReadOnlyList<string> Canaries { get; } =
    [
        "The parcel arrived on time and undamaged.", "Please cancel order A-12345 and refund 19.99 euros.", "{\"intent\":\"late\",\"urgency\":\"high\"}",
        "Das Paket ist noch nicht angekommen.", "私の注文はどこですか。", "def add(a, b):\n    return a + b", "no", "The quick brown fox jumps over the lazy dog.",
    ];

    /// <summary>A statement, the same said otherwise, and its reversal: a negation, another number, swapped roles, another direction.</summary>
    private static readonly (string Said, string Otherwise, string Reversed)[] Triples =
    [
        ("The refund was approved.", "They agreed to pay the money back.", "The refund was not approved."),
        ("Your order will arrive tomorrow.", "The package gets to you in one day.", "Your order will not arrive tomorrow."),
        ("The device is safe to use.", "You can use this appliance without danger.", "The device is unsafe to use."),
        ("The price is 40 euros.", "It costs forty euros.", "The price is 400 euros."),
        ("Anna paid Ben.", "Ben received Anna's payment.", "Ben paid Anna."),
        ("Always switch off the power first.", "Before anything else, cut the electricity.", "Never switch off the power first."),
        ("The patient is allergic to penicillin.", "Penicillin causes an allergy in this person.", "The patient is not allergic to penicillin."),
        ("Sales rose in the second quarter.", "From April to June more was sold.", "Sales fell in the second quarter."),
        ("The test passed.", "All checks were successful.", "The test failed."),
        ("The customer accepted the offer.", "The buyer said yes to the proposal.", "The customer rejected the offer."),
        ("The door is open.", "Nobody closed the door.", "The door is closed."),
        ("The flight leaves before noon.", "Departure is in the morning.", "The flight leaves after noon."),
        ("The bug is fixed in version 2.", "Release 2 no longer has the defect.", "The bug was introduced in version 2."),
        ("She supports the plan.", "She is in favour of it.", "She opposes the plan."),
        ("The answer is yes.", "Correct, that is so.", "The answer is no."),
        ("Keep the medicine cold.", "Store the drug in a refrigerator.", "Keep the medicine warm."),
    ];

    /// <exception cref="GoldenException">The embedder does not work.</exception>
    public static async Task<PolarityTest> TestAsync(IEmbedder embedder, CancellationToken cancellation)
    {
        var vectors = await embedder.EmbedAsync([.. Triples.SelectMany(triple => new[] { triple.Said, triple.Otherwise, triple.Reversed })], cancellation).ConfigureAwait(false);
        double Likeness(int triple, int other) => vectors[3 * triple] is { } said && vectors[(3 * triple) + other] is { } heard
            && Cosine.Similarity(said, heard) is { IsKnown: true } cosine ? cosine.Value : 0;

        var all = Enumerable.Range(0, Triples.Length).ToList();
        var (same, opposite) = (all.ConvertAll(triple => Likeness(triple, 1)), all.ConvertAll(triple => Likeness(triple, 2)));

        // Area under the curve as the share of pairs in the right order, half for ties (Hanley and McNeil 1982).
        var auc = same.SelectMany(_ => opposite, (paraphrase, reversal) => paraphrase > reversal ? 1 : paraphrase < reversal ? 0 : 0.5).Average();
        return new PolarityTest(auc, same.Average(), opposite.Average(), Triples.Length);
    }
}
