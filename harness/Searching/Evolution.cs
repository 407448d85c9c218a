using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>
/// Seeded evolution: damaged prompts that were answered worst are damaged further. Every draw comes from the seed and none from the clock,
/// so the same answers lead the same way.
/// </summary>
internal sealed class Evolution(SearchSettings settings, Gauge gauge, Budget budget, Action<string> tell)
{
    private const int Brood = 16;
    private const int Elite = 8;
    private const int MostSteps = 4;

    /// <summary>Longer texts are not sent: a service may refuse them, and a person cannot read them.</summary>
    private const int MostChars = 20_000;

    /// <summary>Of a brood, to meet what nobody has tried yet.</summary>
    private const double Fresh = 0.25;

    /// <summary>What is left is for minimising and for fresh measurements.</summary>
    private const double ShareOfBudget = 0.5;

    private readonly SplitMix64 _random = KeyedHash.Stream(settings.Seed, "search");
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private List<Specimen> _elite = [];

    /// <summary>The worst so far, at most one of a kind, worst first; also after a cancellation.</summary>
    public IReadOnlyList<Specimen> Worst => _elite;

    /// <summary>Looks at one damaged text; how often depends on how bad the first look was.</summary>
    private int Looks => gauge.Goal == SearchGoal.Latency || settings.Plan.Arrivals.Any(arrival => arrival.Sampling.Temperature > 0) ? 3 : 1;

    public async Task RunAsync(IReadOnlyList<Parent> parents, CancellationToken cancellation)
    {
        for (var generation = 1; !budget.IsSpent(ShareOfBudget) && !IsAsBadAsCanBe(); generation++)
        {
            var before = _seen.Count;
            foreach (var (parent, steps) in Enumerable.Range(0, Brood).Select(_ => Child(parents)).ToList())
            {
                if (budget.IsSpent(ShareOfBudget))
                {
                    break;
                }

                await TryAsync(parent, steps, cancellation).ConfigureAwait(false);
            }

            var worst = _elite.Count == 0 ? "nothing yet" : $"{Words(_elite[0].Fitness)} by {_elite[0].Kind}";
            tell(FormattableString.Invariant($"generation {generation}: {budget.Used} of at most {budget.Requests} requests, worst so far {worst}"));
            if (_seen.Count == before)
            {
                break;
            }
        }
    }

    private string Words(double fitness) => gauge.Goal == SearchGoal.Latency
        ? double.IsPositiveInfinity(fitness) ? "an answer that never came" : FormattableString.Invariant($"{Math.Exp(fitness):0.00} times as late")
        : FormattableString.Invariant($"a loss of {fitness:0.00}");

    /// <summary>Enough finds that nothing could beat.</summary>
    private bool IsAsBadAsCanBe() => gauge.Goal == SearchGoal.Quality && _elite.Count >= settings.Finds
        && _elite.Take(settings.Finds).All(specimen => specimen.Fitness >= 1);

    private (Parent Parent, IReadOnlyList<MutationStep> Steps) Child(IReadOnlyList<Parent> parents)
    {
        if (_elite.Count == 0 || _random.NextDouble() < Fresh)
        {
            return (_random.Pick(parents), [Step()]);
        }

        // The better of two: pressure, and still a chance for all.
        var chosen = _elite[Math.Min(_random.Next(_elite.Count), _random.Next(_elite.Count))];
        List<MutationStep> steps = [.. chosen.Steps];
        switch (_random.Next(4))
        {
            case 0 when steps.Count > 1:
                steps.RemoveAt(_random.Next(steps.Count));
                break;
            case 1:
                // The same damage elsewhere or stronger.
                var at = _random.Next(steps.Count);
                steps[at] = TextMutators.Draw(TextMutators.Find(steps[at].Mutator)!, _random);
                break;
            case 2:
                return (_random.Pick(parents), steps);
            default:
                steps.Add(Step());
                break;
        }

        return (chosen.Parent, [.. steps.TakeLast(MostSteps)]);
    }

    private MutationStep Step() => TextMutators.Draw(_random.Pick(settings.Mutators), _random);

    private async Task TryAsync(Parent parent, IReadOnlyList<MutationStep> steps, CancellationToken cancellation)
    {
        var text = Specimen.TextOf(parent, steps);
        if (text.Length > MostChars || text == parent.Text || !_seen.Add($"{parent.Name}\n{text}"))
        {
            return;
        }

        var looks = new List<Look>();
        for (var number = 0; number < Looks; number++)
        {
            looks.Add(await gauge.LookAsync(parent.Sample, text, parent.Reference, FormattableString.Invariant($"{parent.Name} {number}"), cancellation).ConfigureAwait(false));
            if (number == 0 && gauge.Goal == SearchGoal.Latency && looks[0].Value < 1.2 * parent.Level)
            {
                break;
            }
        }

        var level = gauge.Level(looks);
        var fitness = gauge.Goal == SearchGoal.Latency
            ? Math.Log(level / parent.Level)
            : parent.Level - level + (0.1 * (parent.Fine - looks.Average(look => look.Fine)));
        Keep(new Specimen(parent, steps, text, fitness));
    }

    private void Keep(Specimen specimen)
    {
        _elite = [.. _elite.Append(specimen)
            .GroupBy(one => one.Kind, StringComparer.Ordinal).Select(kind => kind.MaxBy(one => one.Fitness)!)
            .OrderByDescending(one => one.Fitness).ThenBy(one => one.Text.Length).ThenBy(one => one.Kind, StringComparer.Ordinal).Take(Elite)];
    }
}
