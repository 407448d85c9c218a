using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Harness.Searching;

/// <summary>A clean prompt of the scenario.</summary>
/// <param name="Name">Prompt set and prompt.</param>
/// <param name="Sample">An arrival that asks it.</param>
/// <param name="Level">Median seconds or mean score of its clean answers.</param>
/// <param name="Reference">Its first clean answer.</param>
internal sealed record Parent(string Name, Arrival Sample, string Text, double Level, double Fine, string? Reference);

/// <summary>A damaged prompt and how bad its answers were while it was searched for, which flatters it.</summary>
/// <param name="Fitness">Latency: log of the median's ratio to the parent's. Quality: loss of score. More is worse.</param>
internal sealed record Specimen(Parent Parent, IReadOnlyList<MutationStep> Steps, string Text, double Fitness)
{
    /// <summary>Specimens alike in this are one find.</summary>
    public string Kind => $"{Parent.Name} {string.Join('+', Steps.Select(step => step.Mutator).Distinct().Order(StringComparer.Ordinal))}";

    public static string TextOf(Parent parent, IReadOnlyList<MutationStep> steps) => steps.Aggregate(parent.Text, (text, step) => TextMutators.Apply(step, text));
}
