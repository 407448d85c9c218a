using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Turns draws into arrivals: numbers them, damages their prompts, gives them their cohort.</summary>
internal sealed class ArrivalWriter
{
    private readonly List<Arrival> _arrivals = [];
    private readonly Dictionary<Prompt, PlannedPrompt> _plain = new(ReferenceEqualityComparer.Instance);

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
                    draw.Entry.Prompts.Name, draw.Sampling.Temperature, draw.Sampling.MaxTokens, draw.Sampling.Stream, draw.Batch,
                    draw.Entry.Role, GraderOf(draw.Entry, prompt.Expected), draw.Prompt.Tags),
            };
            _arrivals.Add(arrival);
        }
    }

    private PlannedPrompt Planned(Prompt prompt, Sampling sampling)
    {
        if (!_plain.TryGetValue(prompt, out var planned))
        {
            _plain[prompt] = planned = new PlannedPrompt(prompt.Id, prompt.Messages, null, prompt.Expected);
        }

        return planned;
    }

    private static GraderKind GraderOf(MixEntry entry, string? expected) =>
        expected is null ? GraderKind.None : entry.Grader ?? (IsJsonObject(expected) ? GraderKind.JsonFields : GraderKind.Exact);

    private static bool IsJsonObject(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{"))
        {
            return false;
        }

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
