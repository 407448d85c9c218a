using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// The resolved schedule of one scenario: what is sent when, and what breaks when. One seed fixes all of it, byte for byte.
/// Times are nanoseconds from the start of the run.
/// </summary>
public sealed record Plan
{
    public required Scenario Scenario { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>In order, without gaps, the first at 0.</summary>
    public required IReadOnlyList<PhaseWindow> Phases { get; init; }

    public required IReadOnlyList<PlannedFault> Faults { get; init; }

    /// <summary>
    /// Open workload: every arrival, ordered by <see cref="Arrival.At"/>, <see cref="Arrival.Index"/> equal to the position.
    /// Closed workload: the cycle of requests that the clients draw from; client c's k-th request (with sessions: its k-th conversation)
    /// is entry (k * clients + c) mod count.
    /// </summary>
    public required IReadOnlyList<Arrival> Arrivals { get; init; }

    /// <summary>Lower-case hex SHA-256 of the plan's canonical text (see <c>PlanText</c>).</summary>
    public required string Sha256 { get; init; }

    /// <summary>Lower-case hex SHA-256 of each data file that the plan was made from, by path.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Numbers of the requests that follow the arrivals of an open workload with sessions. Null in every other.</summary>
    public TurnNumbers? Turns { get; init; }

    /// <summary>A/B runs: which arm has the traffic when, in order. Empty otherwise.</summary>
    public IReadOnlyList<BlockWindow> Blocks { get; init; } = [];

    /// <summary>A/B runs that go on until they are decided: how long. Null in every other.</summary>
    public PairLimits? Pairs { get; init; }

    public long End => Phases[^1].End;

    /// <summary>The phase an instant belongs to; instants after the end belong to the last.</summary>
    public Phase PhaseAt(long at)
    {
        // By index: asked for each request, and the enumerator of an interface is an object.
        for (var number = 0; number < Phases.Count; number++)
        {
            if (at < Phases[number].End)
            {
                return Phases[number].Phase;
            }
        }

        return Phases[^1].Phase;
    }
}

/// <summary>Half open: [Start, End).</summary>
public sealed record PhaseWindow(Phase Phase, long Start, long End);

/// <summary>One arm's turn, half open: [Start, End). The two turns with one <paramref name="Block"/> carry the same requests.</summary>
public sealed record BlockWindow(int Block, TargetRole Role, long Start, long End);

/// <summary>One planned request.</summary>
public sealed record Arrival
{
    public required int Index { get; init; }

    /// <summary>Planned send time, nanoseconds from the start of the run. 0 in a closed workload, where the client decides.</summary>
    public required long At { get; init; }

    public required TargetRole Role { get; init; }

    /// <summary>A/B runs: the block this arrival belongs to, from 1; both arms of a block carry the same prompts, gaps and seeds. Else 0.</summary>
    public int Block { get; init; }

    /// <summary>
    /// What was drawn: prompt set and number of the draw, <c>tickets-000017</c>. The key of coins about requests: it is the same in
    /// both arms of a block, and does not move when another line of the mix brings more or fewer requests. Default: the request id.
    /// </summary>
    public string Key { get => field ?? RequestId; init; }

    /// <summary>Requests of one client-side batch share it: the index of its first arrival.</summary>
    public required int Group { get; init; }

    public required PlannedPrompt Prompt { get; init; }
    public required Sampling Sampling { get; init; }
    public required Cohort Cohort { get; init; }

    /// <summary>What must hold of the answer; one list for all requests of a line of the mix.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];

    /// <summary>Input faults that damaged this arrival's prompt, by fault id.</summary>
    public IReadOnlyList<string> InputFaults { get; init; } = [];

    /// <summary>Number of the request that began the conversation that this one continues. Null: it continues none.</summary>
    public int? Continues { get; init; }

    /// <summary>Number of the conversation's first request, this one perhaps. Null: it stands alone.</summary>
    public int? Conversation => Continues ?? (Prompt is { Turns.Count: > 0, RawBody: null } ? Index : null);

    /// <summary>Which attempt of a client policy this is, from 1. 0: nothing attempts it again.</summary>
    public int Attempt { get; init; }

    /// <summary>Unique name of this request in journals and replies.</summary>
    public string RequestId => string.Create(CultureInfo.InvariantCulture, $"r{Index:D6}");
}

public enum TargetRole
{
    Candidate,
    Baseline,
}

/// <summary>What is asked.</summary>
/// <param name="Id">Unique in its prompt set.</param>
/// <param name="Messages">Chat messages, in order. For a raw body: what it was made from.</param>
/// <param name="RawBody">Sent as the request's body byte for byte instead of JSON made from the messages: malformed JSON, invalid UTF-8.</param>
/// <param name="Expected">The known answer, if there is one.</param>
public sealed record PlannedPrompt(
    string Id, IReadOnlyList<ChatMessage> Messages, ReadOnlyMemory<byte>? RawBody, string? Expected)
{
    /// <summary>What must hold of the answer to this very prompt, beside what its line of the mix asserts.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];

    /// <summary>What is asked after this, where whole conversations or graphs of requests are planned. Else empty.</summary>
    public IReadOnlyList<PlannedTurn> Turns { get; init; } = [];
}

/// <summary>A later request of a conversation, or of a graph of requests. Turn 0 is the planned arrival itself.</summary>
/// <param name="Messages">What is new in this turn: the sender puts the messages and answers so far before it.</param>
/// <param name="MaxTokens">Null: as in the first turn.</param>
public sealed record PlannedTurn(IReadOnlyList<ChatMessage> Messages, int? MaxTokens)
{
    /// <summary>Turns that must have been answered, in order; empty: none. Null: the one before.</summary>
    public IReadOnlyList<int>? After { get; init; }

    /// <summary>Nanoseconds from the end of the last of them to the send.</summary>
    public long Delay { get; init; }

    /// <summary>Nanoseconds from the planned instant of turn 0, before which it is not sent even if all were answered.</summary>
    public long NotBefore { get; init; }

    /// <summary>
    /// The messages are all that is asked, nothing is put before them; these of them are answers, which the live ones replace. Null:
    /// it continues the conversation.
    /// </summary>
    public IReadOnlyList<AnswerPlace>? Answers { get; init; }
}

/// <param name="Message">Position in the turn's messages.</param>
/// <param name="Turn">Whose answer stands there.</param>
public readonly record struct AnswerPlace(int Message, int Turn);

/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">May hold lone surrogates and control characters: hostile on purpose.</param>
public sealed record ChatMessage(string Role, string Content);

/// <param name="Temperature">0 is greedy.</param>
/// <param name="MaxTokens">At most this many output tokens.</param>
/// <param name="Seed">Sampling seed sent with the request, 0 to 2^31 - 1.</param>
public sealed record Sampling(double Temperature, int MaxTokens, bool Stream, long Seed);

/// <summary>The tags by which results are sliced.</summary>
/// <param name="Prompts">Name of the prompt set.</param>
/// <param name="Batch">Size of the client-side batch.</param>
/// <param name="Tags">Tags of the prompt itself (language, mutator, intent) and others; keys are lower-case.</param>
public sealed record Cohort(
    string Prompts, double Temperature, int MaxTokens, bool Stream, int Batch, PromptRole Role, GraderKind Grader,
    IReadOnlyDictionary<string, string> Tags);
