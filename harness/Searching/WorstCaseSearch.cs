using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <param name="Effect">From fresh pairs of <see cref="Minimal.Worst"/> and <see cref="Minimal.Clean"/>.</param>
/// <param name="Before">The same of the find before it was made smaller.</param>
internal sealed record Find(string Id, Minimal Minimal, Effect Effect, Effect Before)
{
    public int? CleanTokensIn { get; init; }
    public int? CleanTokensOut { get; init; }
    public int? WorstTokensIn { get; init; }
    public int? WorstTokensOut { get; init; }
}

/// <param name="Parents">Clean prompts that were started from.</param>
/// <param name="LeftOut">Prompts that could not be: answered wrong, or not at all, while clean.</param>
/// <param name="Unconfirmed">Looked bad in the search and did not, or could not, be shown on fresh pairs.</param>
internal sealed record SearchResult(
    IReadOnlyList<Find> Finds, IReadOnlyList<Specimen> Unconfirmed, int Parents, IReadOnlyList<string> LeftOut, int Requests, bool IsCancelled);

/// <summary>
/// Clean prompts -> evolution -> the worst, measured afresh -> made smaller -> measured afresh once more. A cancellation keeps what has been
/// confirmed, and names what has not.
/// </summary>
internal sealed class WorstCaseSearch(SearchSettings settings, AskTarget ask, Action<string> tell, TimeProvider time)
{
    private const int CleanLooks = 3;

    /// <summary>For evolution and minimising. Fresh pairs have their own, so that no search can eat them up.</summary>
    private readonly Budget _budget = new(settings.Requests - Reserve(settings), settings.Length, time);
    private readonly Budget _reserved = new(Reserve(settings), null, time);
    private readonly List<string> _leftOut = [];
    private readonly List<Find> _finds = [];
    private readonly List<Specimen> _unconfirmed = [];

    /// <summary>Requests that fresh pairs take: twice for each find, and one more where a shorter prompt has an answer of its own.</summary>
    public static int Reserve(SearchSettings settings) => settings.Finds * ((4 * settings.Pairs) + 1);

    /// <summary>The fewest requests that a search makes sense with.</summary>
    public static int Fewest(SearchSettings settings) => Reserve(settings) + ((CleanLooks + 1) * settings.Parents) + 32;

    public async Task<SearchResult> RunAsync(CancellationToken cancellation)
    {
        var gauge = new Gauge(settings.Goal, ask, _budget, settings.Seed, time);
        var evolution = new Evolution(settings, gauge, _budget, tell);
        IReadOnlyList<Parent> parents = [];
        IReadOnlyList<Specimen> open = [];
        try
        {
            parents = await ParentsAsync(gauge, cancellation).ConfigureAwait(false);
            if (parents.Count > 0)
            {
                await evolution.RunAsync(parents, cancellation).ConfigureAwait(false);
                open = Chosen(evolution.Worst);
                await ConfirmAsync(gauge, open, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _unconfirmed.AddRange((open.Count > 0 ? open : Chosen(evolution.Worst))
                .Where(specimen => !_unconfirmed.Contains(specimen) && !_finds.Exists(find => find.Minimal.Specimen.Kind == specimen.Kind)));
        }

        return new SearchResult(_finds, _unconfirmed, parents.Count, _leftOut, _budget.Used + _reserved.Used, cancellation.IsCancellationRequested);
    }

    /// <summary>The worst that are worth a second look, different damage first.</summary>
    private IReadOnlyList<Specimen> Chosen(IReadOnlyList<Specimen> worst)
    {
        var bad = worst.Where(specimen => specimen.Fitness > (settings.Goal == SearchGoal.Latency ? Math.Log(1.1) : 0.05)).ToList();
        string Damage(Specimen specimen) => specimen.Kind[(specimen.Parent.Name.Length + 1)..];
        return [.. bad.DistinctBy(Damage).Concat(bad).Distinct().Take(settings.Finds)];
    }

    private async Task<IReadOnlyList<Parent>> ParentsAsync(Gauge gauge, CancellationToken cancellation)
    {
        var parents = new List<Parent>();
        foreach (var arrival in settings.Plan.Arrivals
            .Where(arrival => arrival is { InputFaults.Count: 0, Prompt.RawBody: null, Prompt.Turns.Count: 0 })
            .DistinctBy(arrival => (arrival.Cohort.Prompts, arrival.Prompt.Id)).Take(settings.Parents))
        {
            var name = $"{arrival.Cohort.Prompts}/{arrival.Prompt.Id}";
            var text = TextMutators.TextOf(arrival.Prompt.Messages);
            var looks = new List<Look>();

            // The first one warms up what the target keeps of a prompt, and is not counted for latency.
            for (var number = -1; number < CleanLooks; number++)
            {
                var look = await gauge.LookAsync(arrival, text, looks.FirstOrDefault()?.Text, FormattableString.Invariant($"{name} {number}"), cancellation).ConfigureAwait(false);
                looks.AddRange(number >= 0 || settings.Goal == SearchGoal.Quality ? [look] : []);
            }

            var level = gauge.Level(looks);
            if (settings.Goal == SearchGoal.Quality ? level < 0.5 : !double.IsFinite(level))
            {
                _leftOut.Add(name);
                continue;
            }

            parents.Add(new Parent(name, arrival, text, level, looks.Average(look => look.Fine), looks[0].Text));
        }

        tell(FormattableString.Invariant($"{parents.Count} clean prompts to start from{(_leftOut.Count > 0 ? $", {_leftOut.Count} left out: they are not answered {(settings.Goal == SearchGoal.Quality ? "right" : "in time")} even clean" : "")}"));
        return parents;
    }

    private async Task ConfirmAsync(Gauge gauge, IReadOnlyList<Specimen> open, CancellationToken cancellation)
    {
        var fresh = new Gauge(settings.Goal, ask, _reserved, settings.Seed, time);
        for (var number = 0; number < open.Count; number++)
        {
            var specimen = open[number];
            var before = await Pairing.MeasureAsync(fresh, specimen.Parent, (specimen.Parent.Text, specimen.Text), $"fresh {number}", settings, cancellation).ConfigureAwait(false);
            if (!before.Effect.Shows)
            {
                tell($"{specimen.Kind}: looked bad in the search and does not on fresh pairs: {before.Effect.Words(settings.Goal)}");
                _unconfirmed.Add(specimen);
                continue;
            }

            var minimal = await new Minimiser(gauge, _budget, 0.55 + (0.45 * (number + 1) / open.Count), before.Effect).ReduceAsync(specimen, cancellation).ConfigureAwait(false);
            var after = await Pairing.MeasureAsync(fresh, minimal.Specimen.Parent, (minimal.Clean, minimal.Worst), $"minimal {number}", settings, cancellation).ConfigureAwait(false);
            if (!after.Effect.Shows)
            {
                // What made it smaller was luck: the larger form is what was shown.
                minimal = new Minimal(specimen, specimen.Parent.Text, specimen.Text, Pieces.Of(specimen.Parent.Text, specimen.Text).Count(piece => piece.IsEdit), false);
                after = before;
            }

            if (_finds.Exists(find => find.Minimal.Worst == minimal.Worst && find.Minimal.Clean == minimal.Clean))
            {
                tell($"{specimen.Kind}: comes to the same as an earlier find");
                continue;
            }

            _finds.Add(after.Into(new Find(FormattableString.Invariant($"F{_finds.Count + 1}"), minimal, after.Effect, before.Effect)));
            tell($"{_finds[^1].Id} {minimal.Specimen.Kind}, {minimal.Edits} edited characters: {after.Effect.Words(settings.Goal)}");
        }
    }
}
