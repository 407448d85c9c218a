using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Puts the parts of one observation together.</summary>
internal static class Observations
{
    // Prompts are sent again and again; their hash does not change.
    private static readonly ConditionalWeakTable<PlannedPrompt, string> PromptHashes = [];

    public static JournalEvent.Observation Make(
        RunRequest request, Arrival arrival, long planned, string target, in Instants instants, in Response response)
    {
        var ended = request.Clock.Now;
        var mark = response.Mark ?? (response.Text is { } text ? OutputMark.Of(text) : null);
        var (tokens, source) = OutputTokens(arrival, in instants, in response);
        return new JournalEvent.Observation
        {
            At = ended,
            Arrival = arrival.Index,
            Conversation = arrival.Conversation,
            Target = target,
            Phase = request.Plan.PhaseAt(planned),
            Block = arrival.Block,
            Cohort = arrival.Cohort,
            PromptId = arrival.Prompt.Id,
            Planned = planned,
            Sent = instants.Sent,
            FirstToken = arrival.Sampling.Stream ? instants.FirstToken : null,
            LastToken = instants.LastToken,
            Ended = ended,
            Outcome = response.Outcome,
            Reason = response.Outcome == Outcome.Completed ? null : OneLine.Of(response.Reason),
            Status = response.Status,
            FinishReason = OneLine.Of(response.FinishReason, 64),
            InputTokens = response.InputTokens,
            OutputTokens = tokens,
            TokenSource = source,
            FirstEventTokens = arrival.Sampling.Stream && instants.FirstEventTokens > 0 ? instants.FirstEventTokens : null,
            Gaps = instants.Gaps,
            RetryAfter = response.RetryAfterSeconds,
            Replica = response.Replica,
            Degraded = response.Degraded,
            Faults = FaultsOf(request, arrival),
            PromptSha256 = PromptHash(arrival.Prompt),
            OutputSha256 = mark?.Sha256,
            OutputChars = mark?.Chars,
        };
    }

    /// <summary>
    /// A target that says nothing, because it was left behind perhaps, has been heard all the same; but the one event of a reply that
    /// is no stream says nothing about its tokens.
    /// </summary>
    private static (int? Tokens, TokenSource? Source) OutputTokens(Arrival arrival, in Instants instants, in Response response) =>
        response.OutputTokens is { } said ? (said, response.TokenSource ?? TokenSource.Usage)
        : arrival.Sampling.Stream && instants.Tokens > 0 ? ((int)Math.Min(instants.Tokens, int.MaxValue), TokenSource.Events)
        : (null, null);

    /// <summary>SHA-256 of the raw body, else of each message's role and content as UTF-8, each ended by a zero byte.</summary>
    internal static string PromptHash(PlannedPrompt prompt) => PromptHashes.GetValue(prompt, static unseen =>
    {
        if (unseen.RawBody is { } body)
        {
            return Convert.ToHexStringLower(SHA256.HashData(body.Span));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in unseen.Messages)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(message.Role));
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(message.Content));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    });

    private static IReadOnlyList<string> FaultsOf(RunRequest request, Arrival arrival)
    {
        var applied = request.FaultsOf?.Invoke(arrival.RequestId) ?? [];
        return applied.Count == 0 ? arrival.InputFaults
            : arrival.InputFaults.Count == 0 ? applied
            : [.. arrival.InputFaults.Union(applied)];
    }
}
