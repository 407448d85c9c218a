using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>A find of a corpus, measured again.</summary>
internal sealed record ReplayedCase(string Id, string Parent, Effect Effect);

/// <summary>Asks the finds of a corpus and their clean twins again, on fresh pairs: is the weakness still there?</summary>
internal sealed class CorpusReplay(SearchSettings settings, AskTarget ask, TimeProvider time)
{
    /// <exception cref="UsageException">The corpus cannot be read, or a find has no clean twin.</exception>
    public async Task<IReadOnlyList<ReplayedCase>> RunAsync(string path, CancellationToken cancellation)
    {
        var twins = Twins(path);
        var budget = new Budget(twins.Count * ((2 * settings.Pairs) + 1), null, time);
        var gauge = new Gauge(settings.Goal, ask, budget, settings.Seed, time);
        var replayed = new List<ReplayedCase>();
        foreach (var (id, clean, worst) in twins)
        {
            var name = worst.Tags.GetValueOrDefault(SearchFiles.ParentTag, id);
            var sample = Sample(name, clean);
            var text = TextMutators.TextOf(clean.Messages);
            var first = await gauge.LookAsync(sample, text, null, $"replay {id}", cancellation).ConfigureAwait(false);
            var parent = new Parent(name, sample, text, first.Value, first.Fine, first.Text);
            var pair = await Pairing.MeasureAsync(
                gauge, parent, (text, TextMutators.TextOf(worst.Messages)), $"replay {id}", settings with { Finds = twins.Count }, cancellation).ConfigureAwait(false);
            replayed.Add(new ReplayedCase(id, name, pair.Effect));
        }

        return replayed;
    }

    private static List<(string Id, Prompt Clean, Prompt Worst)> Twins(string path)
    {
        IReadOnlyList<Prompt> prompts;
        try
        {
            prompts = PromptSets.Load(new PromptSet.Recorded { Name = "worst", Path = path }, 0, new PromptFiles(Directory.GetCurrentDirectory())).Prompts;
        }
        catch (PromptException problem)
        {
            throw new UsageException(problem.Message);
        }

        var twins = new List<(string, Prompt, Prompt)>();
        foreach (var find in prompts.GroupBy(prompt => prompt.Tags.GetValueOrDefault(SearchFiles.FindTag, "")))
        {
            Prompt? Of(string variant) => find.FirstOrDefault(prompt => prompt.Tags.GetValueOrDefault(SearchFiles.VariantTag) == variant);
            if (find.Key.Length == 0 || Of(SearchFiles.Clean) is not { } clean || Of(SearchFiles.Worst) is not { } worst)
            {
                throw new UsageException($"{path}: no corpus of a search: a prompt has no tags find and variant (clean, worst); name the {SearchFiles.Corpus} that chaosbench search wrote.");
            }

            twins.Add((find.Key, clean, worst));
        }

        return twins;
    }

    /// <summary>Sampling and grading as the scenario asks the parent; where it does not ask it any more, as it asks its first prompt.</summary>
    private Arrival Sample(string parent, Prompt clean)
    {
        var arrival = settings.Plan.Arrivals.FirstOrDefault(one => $"{one.Cohort.Prompts}/{one.Prompt.Id}" == parent) ?? settings.Plan.Arrivals[0];
        return arrival with
        {
            Prompt = new PlannedPrompt(clean.Id, clean.Messages, null, clean.Expected),
            InputFaults = [],
            Cohort = clean.Expected is null ? arrival.Cohort with { Grader = GraderKind.None } : arrival.Cohort,
        };
    }
}
