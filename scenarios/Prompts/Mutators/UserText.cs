using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>The text that mutators work on: the last user message, or the last message where there is none.</summary>
internal static class UserText
{
    public static IReadOnlyList<ChatMessage> Replace(IReadOnlyList<ChatMessage> messages, Func<string, string> change)
    {
        var result = messages.ToArray();
        var at = Array.FindLastIndex(result, message => message.Role == "user");
        at = at < 0 ? result.Length - 1 : at;
        result[at] = result[at] with { Content = change(result[at].Content) };
        return result;
    }
}
