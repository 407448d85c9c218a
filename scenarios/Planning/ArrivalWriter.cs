using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Turns draws into arrivals: numbers them, damages their prompts, gives them their cohort.</summary>
internal sealed class ArrivalWriter(ulong seed)
{
    /// <summary>Damaged prompts of one plan together: most belong to one arrival alone.</summary>
    private const long MaxDamagedBytes = 1L << 30;

    private readonly List<Arrival> _arrivals = [];
    private readonly Dictionary<Prompt, PlannedPrompt> _shared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, bool> _jsonAnswers = [];
    private long _damagedBytes;

    public IReadOnlyList<Arrival> Arrivals => _arrivals;

    public void Add(long at, TargetRole role, int block, IReadOnlyList<MixDraw.Draw> draws)
    {
        var group = _arrivals.Count;
        foreach (var draw in draws)
        {
            var prompt = Planned(draw.Prompt, draw.Sampling);
            var arrival = new Arrival
            {
                Index = _arrivals.Count,
                At = at,
                Role = role,
                Block = block,
                Group = group,
                Key = draw.Key,
                Prompt = prompt,
                Sampling = draw.Sampling,
                Cohort = new Cohort(
                    draw.Entry.Prompts.Name, draw.Sampling.Temperature, CohortOf(draw), draw.Sampling.Stream, draw.Batch,
                    draw.Entry.Role, GraderOf(draw.Entry, prompt.Expected), draw.Prompt.Tags),
                Assertions = draw.Entry.Assertions,
            };
            _arrivals.Add(arrival);
        }
    }

    /// <summary>
    /// Damages the prompts of those that a fault chose, once all arrivals are known. Not for a closed workload, where only the sender
    /// knows the instant.
    /// </summary>
    public void Damage(IReadOnlyList<PlannedFault> inputFaults)
    {
        for (var number = 0; inputFaults.Count > 0 && number < _arrivals.Count; number++)
        {
            var arrival = _arrivals[number];
            var sent = InputFaults.Apply(inputFaults, seed, arrival, arrival.At);
            if (!ReferenceEquals(sent, arrival))
            {
                Count(sent.Prompt);
                _arrivals[number] = sent;
            }
        }
    }

    /// <summary>Recorded lengths are nearly all different: by powers of two they make cohorts large enough to judge.</summary>
    private static int CohortOf(MixDraw.Draw draw) => draw.Prompt.OutputTokens is null
        ? draw.Sampling.MaxTokens : (int)Math.Min(int.MaxValue, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)draw.Sampling.MaxTokens));

    /// <summary>The prompt with its own damage. Text is made once and shared; a body belongs to one arrival.</summary>
    private PlannedPrompt Planned(Prompt prompt, Sampling sampling)
    {
        if (_shared.TryGetValue(prompt, out var shared))
        {
            return shared;
        }

        var planned = new PlannedPrompt(prompt.Id, prompt.Messages, null, prompt.Expected) { Turns = prompt.Turns };
        foreach (var damage in prompt.Damages.OrderBy(damage => MutatorCatalogue.Get(damage.Mutator).MakesBody))
        {
            planned = MutatorCatalogue.Apply(MutatorCatalogue.Get(damage.Mutator), planned, sampling, damage.Seed);
            Count(planned);
        }

        if (planned.RawBody is null)
        {
            _shared[prompt] = planned;
        }

        return planned;
    }

    private void Count(PlannedPrompt damaged)
    {
        _damagedBytes += damaged.RawBody?.Length ?? damaged.Messages.Sum(message => 2L * message.Content.Length);
        if (_damagedBytes > MaxDamagedBytes)
        {
            throw new PromptException("the plan's damaged prompts need more than 1 GiB; lower their weight or share, the rate, or the size of prompts and floods");
        }
    }

    private GraderKind GraderOf(MixEntry entry, string? expected) =>
        expected is null ? GraderKind.None : entry.Grader ?? (IsJsonObject(expected) ? GraderKind.JsonFields
            : entry.Assertions.Any(assertion => assertion.Compares) ? GraderKind.None : GraderKind.Exact);

    private bool IsJsonObject(string text)
    {
        if (!_jsonAnswers.TryGetValue(text, out var isObject))
        {
            _jsonAnswers[text] = isObject = ParsesAsObject(text);
        }

        return isObject;
    }

    private static bool ParsesAsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
