using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Makes the later requests of conversations from what was planned and what was answered.</summary>
internal static class Turns
{
    /// <summary>What a turn asks: all that was said so far, the answers as they came; or its own messages with the live answers in them.</summary>
    /// <param name="turn">From 1.</param>
    /// <param name="answers">By turn; null where none came.</param>
    public static List<ChatMessage> Messages(PlannedPrompt prompt, int turn, IReadOnlyList<string?> answers)
    {
        var planned = prompt.Turns[turn - 1];
        var said = new List<ChatMessage>();
        if (planned.Answers is { } places)
        {
            said.AddRange(planned.Messages);
            foreach (var place in places)
            {
                if (place.Message < said.Count && answers[place.Turn] is { } answer)
                {
                    said[place.Message] = said[place.Message] with { Content = answer };
                }
            }

            return said;
        }

        said.AddRange(prompt.Messages);
        for (var before = 1; before <= turn; before++)
        {
            if (answers[before - 1] is { } answer)
            {
                said.Add(new ChatMessage("assistant", answer));
            }

            said.AddRange(prompt.Turns[before - 1].Messages);
        }

        return said;
    }

    /// <summary>As the first request, but for what is asked; nobody knows the right answer.</summary>
    public static Arrival Request(Arrival first, int turn, IReadOnlyList<ChatMessage> messages)
    {
        var number = FormattableString.Invariant($"{turn + 1}");
        return first with
        {
            Key = $"{first.Key}/{number}",
            Prompt = new PlannedPrompt($"{first.Prompt.Id}/{number}", messages, null, null),
            Sampling = first.Sampling with { MaxTokens = first.Prompt.Turns[turn - 1].MaxTokens ?? first.Sampling.MaxTokens },
            Cohort = first.Cohort with { Grader = GraderKind.None, Tags = Tagged(first.Cohort.Tags, number) },
            InputFaults = [],
            Continues = first.Index,
        };
    }

    private static SortedDictionary<string, string> Tagged(IReadOnlyDictionary<string, string> tags, string turn) =>
        new(tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { ["turn"] = turn };
}
