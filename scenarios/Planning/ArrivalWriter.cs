using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Turns draws into arrivals: numbers them, damages their prompts, gives them their cohort.</summary>
/// <param name="arms">Which version gets which arrival.</param>
internal sealed class ArrivalWriter(ulong seed, Arms arms)
{
    /// <summary>Damaged prompts of one plan together: most belong to one arrival alone.</summary>
    private const long MaxDamagedBytes = 1L << 30;

    private readonly ArrivalRows _arrivals = new(seed, arms);
    private readonly Dictionary<IReadOnlyList<Prompt>, Known?[]> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _jsonAnswers = [];
    private long _damagedBytes;

    public IReadOnlyList<Arrival> Arrivals => _arrivals;

    /// <param name="at">Nanoseconds, not before those of the draws before.</param>
    public void Add(long at, IReadOnlyList<MixDraw.Draw> draws)
    {
        for (var place = 0; place < draws.Count; place++)
        {
            var draw = draws[place];
            var prompt = KnownOf(draw);
            var maxTokens = prompt.OutputTokens ?? draw.MaxTokens;

            // Recorded lengths are nearly all different: by powers of two they make cohorts large enough to judge.
            var grouped = prompt.OutputTokens is null
                ? maxTokens : (int)Math.Min(int.MaxValue, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)maxTokens));
            var cohort = new Cohort(
                draw.Line.Entry.Prompts.Name, draw.Temperature, grouped, draw.Stream, draw.Batch, draw.Line.Entry.Role,
                GraderOf(draw.Line.Entry, prompt.Expected), prompt.Tags);
            _arrivals.Add(at, prompt.Place, draw.Number, new ArrivalKind(draw.Line.Name, draw.Line.Entry, maxTokens, cohort), place);
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
                _arrivals.Change(sent);
            }
        }
    }

    /// <summary>The drawn prompt with its own damage. Text is made once and shared; a body belongs to one arrival.</summary>
    private Known KnownOf(MixDraw.Draw draw)
    {
        var prompts = draw.Line.Prompts;
        if (!_known.TryGetValue(prompts, out var known))
        {
            _known[prompts] = known = new Known?[prompts.Count];
        }

        if (known[draw.Prompt] is { } shared)
        {
            return shared;
        }

        var prompt = prompts[draw.Prompt];
        var planned = Planned(prompt, draw);
        var made = new Known(_arrivals.Keep(planned), prompt.OutputTokens, planned.Expected, Shared(prompt.Tags));
        if (planned.RawBody is null)
        {
            known[draw.Prompt] = made;
        }

        return made;
    }

    private PlannedPrompt Planned(Prompt prompt, MixDraw.Draw draw)
    {
        var planned = new PlannedPrompt(prompt.Id, prompt.Messages, null, prompt.Expected) { Turns = prompt.Turns, Assertions = Asserted(prompt, draw) };
        if (prompt.Damages.Count == 0)
        {
            return planned;
        }

        var sampling = new Sampling(
            draw.Temperature, prompt.OutputTokens ?? draw.MaxTokens, draw.Stream, ArrivalRows.SeedOf(seed, ArrivalRows.KeyOf(draw.Line.Name, draw.Number)));
        foreach (var damage in prompt.Damages.OrderBy(damage => MutatorCatalogue.Get(damage.Mutator).MakesBody))
        {
            planned = MutatorCatalogue.Apply(MutatorCatalogue.Get(damage.Mutator), planned, sampling, damage.Seed);
            Count(planned);
        }

        return planned;
    }

    private static IReadOnlyList<Assertion> Asserted(Prompt prompt, MixDraw.Draw draw) => prompt.Assertions.Count == 0 || draw.Line.Entry.AssertRows ? prompt.Assertions
        : throw new PromptException($"prompts.{draw.Line.Entry.Prompts.Name}: prompt {prompt.Id} has an assert of its own; add assertRows: true to its line of the mix, or take it out");

    /// <summary>Equal tags as one object: there are few of them, and many prompts.</summary>
    private IReadOnlyDictionary<string, string> Shared(IReadOnlyDictionary<string, string> tags)
    {
        var text = string.Join('\0', tags.Select(tag => $"{tag.Key}\0{tag.Value}"));
        if (!_tags.TryGetValue(text, out var shared))
        {
            _tags[text] = shared = tags;
        }

        return shared;
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

    /// <param name="Place">Of the planned prompt among those of the plan.</param>
    private sealed record Known(int Place, int? OutputTokens, string? Expected, IReadOnlyDictionary<string, string> Tags);
}
