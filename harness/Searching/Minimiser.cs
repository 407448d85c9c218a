namespace ChaosBench.Harness.Searching;

/// <summary>A find in its smallest form.</summary>
/// <param name="Specimen">With the fewest mutations that still show the effect.</param>
/// <param name="Clean">The clean twin: what is left of the parent.</param>
/// <param name="Edits">Characters in which <paramref name="Worst"/> differs from it.</param>
/// <param name="IsMinimal">False: the budget ended first, and smaller ones may do.</param>
internal sealed record Minimal(Specimen Specimen, string Clean, string Worst, int Edits, bool IsMinimal);

/// <summary>
/// Makes a find smaller while it still shows half of its effect: first fewer mutations, then fewer edited characters, then a shorter prompt,
/// the same words taken out of the find and of its clean parent. What goes too far is seen in the parent: it must stay as good as it was.
/// </summary>
internal sealed class Minimiser(Gauge gauge, Budget budget, double shareOfBudget, Effect effect)
{
    /// <summary>Part of the effect that a smaller form must still show.</summary>
    private const double Keep = 0.5;

    private readonly Dictionary<(string, string), bool> _known = [];
    private bool _spent;

    public async Task<Minimal> ReduceAsync(Specimen found, CancellationToken cancellation)
    {
        var specimen = await FewerStepsAsync(found, cancellation).ConfigureAwait(false);
        var pieces = Pieces.Of(specimen.Parent.Text, specimen.Text);
        var sample = specimen.Parent;

        // Only edits may go here: a kept one stays where it is.
        var edits = Enumerable.Range(0, pieces.Count).Where(at => pieces[at].IsEdit).ToList();
        var fewest = await ReduceAsync(edits, kept => ShowsAsync(sample, Without(pieces, edits, kept), cancellation)).ConfigureAwait(false);
        pieces = Without(pieces, edits, fewest);

        var words = Enumerable.Range(0, pieces.Count).Where(at => !pieces[at].IsEdit).ToList();
        var needed = await ReduceAsync(words, kept => ShowsAsync(sample, Only(pieces, words, kept), cancellation)).ConfigureAwait(false);
        pieces = Only(pieces, words, needed);
        return new Minimal(specimen, Pieces.Clean(pieces), Pieces.Worst(pieces), fewest.Count, !_spent);
    }

    /// <summary>There are few steps: every smaller set is tried, the smallest first.</summary>
    private async Task<Specimen> FewerStepsAsync(Specimen found, CancellationToken cancellation)
    {
        var all = (1 << found.Steps.Count) - 1;
        foreach (var chosen in Enumerable.Range(1, all - 1).OrderBy(set => System.Numerics.BitOperations.PopCount((uint)set)))
        {
            var steps = found.Steps.Where((_, at) => (chosen >> at & 1) == 1).ToList();
            var text = Specimen.TextOf(found.Parent, steps);
            if (await ShowsAsync(found.Parent, [new Piece(found.Parent.Text, text)], cancellation).ConfigureAwait(false))
            {
                return found with { Steps = steps, Text = text };
            }
        }

        return found;
    }

    private static List<Piece> Without(List<Piece> pieces, List<int> edits, IReadOnlyList<int> kept)
    {
        var gone = edits.Except(kept).ToHashSet();
        return [.. pieces.Select((piece, at) => gone.Contains(at) ? piece.Reverted : piece)];
    }

    private static List<Piece> Only(List<Piece> pieces, List<int> words, IReadOnlyList<int> kept)
    {
        var gone = words.Except(kept).ToHashSet();
        return [.. pieces.Where((_, at) => !gone.Contains(at))];
    }

    /// <summary>
    /// Zeller and Hildebrandt's ddmin: halves, quarters and so on are left out as long as the rest still shows it. At the end no single one
    /// can go.
    /// </summary>
    private static async Task<IReadOnlyList<int>> ReduceAsync(List<int> items, Func<IReadOnlyList<int>, Task<bool>> shows)
    {
        var parts = 2;
        while (items.Count > 0)
        {
            parts = Math.Min(parts, items.Count);
            var less = await SmallerAsync(items, parts, shows).ConfigureAwait(false);
            if (less is not null)
            {
                (items, parts) = (less, Math.Max(2, parts - 1));
            }
            else if (parts == items.Count)
            {
                break;
            }
            else
            {
                parts *= 2;
            }
        }

        return items;
    }

    private static async Task<List<int>?> SmallerAsync(List<int> items, int parts, Func<IReadOnlyList<int>, Task<bool>> shows)
    {
        var cuts = Enumerable.Range(0, parts).Select(part => (From: part * items.Count / parts, To: (part + 1) * items.Count / parts)).ToList();

        // One part alone first: of much damage it is often one place that does it.
        foreach (var (from, to) in parts > 2 ? [] : cuts.Where(cut => cut.To - cut.From < items.Count))
        {
            if (await shows(items[from..to]).ConfigureAwait(false))
            {
                return items[from..to];
            }
        }

        foreach (var (from, to) in cuts)
        {
            List<int> rest = [.. items[..from], .. items[to..]];
            if (await shows(rest).ConfigureAwait(false))
            {
                return rest;
            }
        }

        return null;
    }

    private async Task<bool> ShowsAsync(Parent parent, IReadOnlyList<Piece> pieces, CancellationToken cancellation)
    {
        var (clean, worst) = (Pieces.Clean(pieces), Pieces.Worst(pieces));
        if (clean == worst || (string.IsNullOrWhiteSpace(clean) && !string.IsNullOrWhiteSpace(parent.Text)))
        {
            // An empty prompt is a case of its own, which many services refuse: it would show nothing of this one.
            return false;
        }

        if (_known.TryGetValue((clean, worst), out var known))
        {
            return known;
        }

        if (budget.IsSpent(shareOfBudget, 2 * Repeats(parent)))
        {
            _spent = true;
            return false;
        }

        return _known[(clean, worst)] = await AskAsync(parent, clean, worst, cancellation).ConfigureAwait(false);
    }

    private int Repeats(Parent parent) => gauge.Goal == SearchGoal.Latency || parent.Sample.Sampling.Temperature > 0 ? 3 : 1;

    private async Task<bool> AskAsync(Parent parent, string clean, string worst, CancellationToken cancellation)
    {
        var (cleans, worsts) = (new List<Look>(), new List<Look>());
        for (var number = 0; number < Repeats(parent); number++)
        {
            var key = FormattableString.Invariant($"smaller {number}");
            cleans.Add(await gauge.LookAsync(parent.Sample, clean, parent.Reference, key, cancellation).ConfigureAwait(false));
            worsts.Add(await gauge.LookAsync(parent.Sample, worst, cleans[0].Text ?? parent.Reference, key, cancellation).ConfigureAwait(false));
        }

        var (good, bad) = (gauge.Level(cleans), gauge.Level(worsts));
        if (gauge.Goal == SearchGoal.Latency)
        {
            return bad >= good * Math.Pow(effect.Change ?? 2, Keep);
        }

        return good >= effect.Clean - 0.05 && good - bad >= Keep * (effect.Clean - (effect.Worst ?? 0));
    }
}
