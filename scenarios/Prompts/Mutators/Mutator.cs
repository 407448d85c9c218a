using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>One way to damage a prompt. Changes every prompt, the empty one too, and gives the same damage for the same random stream.</summary>
/// <param name="Name">As in scenario files; also the value of the tag <c>mutator</c>.</param>
/// <param name="Family">Name that stands for all of its members: <c>unicode</c>, <c>control</c>, ...</param>
/// <param name="KeepsMeaning">A careful reader would give the same answer, so a known answer stays valid.</param>
/// <param name="Parameters">Of the input fault that uses it.</param>
public sealed record Mutator(
    string Name, string Family, string Summary, bool KeepsMeaning, IReadOnlyList<FaultParameter> Parameters)
{
    /// <summary>Damages the text of the last user message. Null for mutators of the body.</summary>
    internal Func<string, Mutation, string>? Text { get; init; }

    /// <summary>Makes the request's body, broken on the level of bytes or JSON. Null for mutators of the text.</summary>
    internal Func<IReadOnlyList<ChatMessage>, Sampling, Mutation, byte[]>? Body { get; init; }

    /// <summary>The request is sent as raw bytes.</summary>
    public bool MakesBody => Body is not null;
}
