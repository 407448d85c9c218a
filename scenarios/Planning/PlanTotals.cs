using System.Text;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>What a plan adds up to, in one pass: the arrivals of a long plan are made anew for each.</summary>
/// <param name="Cohorts">Requests of each.</param>
/// <param name="MaxOutputTokens">Later turns included.</param>
/// <param name="PromptBytes">UTF-8, of conversations the first requests.</param>
internal sealed record PlanTotals(
    IReadOnlyDictionary<Cohort, int> Cohorts, IReadOnlyDictionary<Phase, int> Phases, long MaxOutputTokens, long PromptBytes)
{
    public static PlanTotals Of(Plan plan)
    {
        var cohorts = new Dictionary<Cohort, int>(ReferenceEqualityComparer.Instance);
        var phases = new Dictionary<Phase, int>();
        var sizes = new Dictionary<PlannedPrompt, long>(ReferenceEqualityComparer.Instance);
        var (tokens, bytes) = (0L, 0L);
        foreach (var arrival in plan.Arrivals)
        {
            cohorts[arrival.Cohort] = cohorts.GetValueOrDefault(arrival.Cohort) + 1;
            var phase = plan.PhaseAt(arrival.At);
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
            var own = arrival.Sampling.MaxTokens;
            tokens += own;
            foreach (var turn in arrival.Prompt.Turns)
            {
                tokens += turn.MaxTokens ?? own;
            }

            if (!sizes.TryGetValue(arrival.Prompt, out var size))
            {
                sizes[arrival.Prompt] = size = SizeOf(arrival.Prompt);
            }

            bytes += size;
        }

        return new PlanTotals(cohorts, phases, tokens, bytes);
    }

    private static long SizeOf(PlannedPrompt prompt) =>
        prompt.RawBody?.Length ?? prompt.Messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Content));
}
