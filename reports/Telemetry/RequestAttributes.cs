using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Telemetry;

/// <summary>What the span of a request says; absent numbers stay absent.</summary>
internal static class RequestAttributes
{
    public static IEnumerable<KeyValue> Of(JournalEvent.Observation seen, TargetNames names, string id, IReadOnlyList<FaultWindowSpan> met) =>
    [
        .. names.Attributes, .. Asked(seen), .. Answered(seen), .. Ending(seen.Outcome, seen.Status),
        KeyValue.Of("chaosbench.request.id", id), KeyValue.Of("chaosbench.phase", Kebab.Of(seen.Phase)),
        .. Place(seen),
        .. met.Count > 0 ? [KeyValue.Of("chaosbench.fault.active", [.. met.Select(window => window.Fault).Distinct(StringComparer.Ordinal)])] : Array.Empty<KeyValue>(),
        .. seen.Faults.Count > 0 ? [KeyValue.Of("chaosbench.fault.applied", seen.Faults)] : Array.Empty<KeyValue>(),
    ];

    /// <summary><c>error.type</c> is the HTTP status where there was one, else the outcome's name: a closed list, as it must be.</summary>
    public static IEnumerable<KeyValue> Ending(Outcome outcome, int? status)
    {
        if (status is { } code)
        {
            yield return KeyValue.Of("http.response.status_code", (long)code);
        }

        if (outcome != Outcome.Completed)
        {
            yield return KeyValue.Of("error.type", ErrorType(outcome, status));
        }

        yield return KeyValue.Of("chaosbench.outcome", Kebab.Of(outcome));
    }

    public static string ErrorType(Outcome outcome, int? status) =>
        status is >= 400 and { } code ? code.ToString(CultureInfo.InvariantCulture) : Kebab.Of(outcome);

    private static IEnumerable<KeyValue> Asked(JournalEvent.Observation seen)
    {
        yield return KeyValue.Of("gen_ai.request.max_tokens", (long)seen.Cohort.MaxTokens);
        yield return KeyValue.Of("gen_ai.request.temperature", seen.Cohort.Temperature);
        if (seen.Conversation is { } first)
        {
            yield return KeyValue.Of("gen_ai.conversation.id", SpanFold.RequestIdOf(first));
        }
    }

    private static IEnumerable<KeyValue> Answered(JournalEvent.Observation seen)
    {
        if (seen.FinishReason is { } reason)
        {
            yield return KeyValue.Of("gen_ai.response.finish_reasons", [reason]);
        }

        if (seen.InputTokens is { } input)
        {
            yield return KeyValue.Of("gen_ai.usage.input_tokens", (long)input);
        }

        if (seen.OutputTokens is { } output)
        {
            yield return KeyValue.Of("gen_ai.usage.output_tokens", (long)output);
        }

        // As the conventions want it: from the sending. From the planned instant, as our gates have it, it is the event's place in the span.
        if (seen is { FirstToken: { } first, Sent: { } sent })
        {
            yield return KeyValue.Of("gen_ai.response.time_to_first_chunk", Nanos.ToSeconds(first - sent));
        }
    }

    private static IEnumerable<KeyValue> Place(JournalEvent.Observation seen)
    {
        yield return KeyValue.Of("chaosbench.prompts", seen.Cohort.Prompts);
        yield return KeyValue.Of("chaosbench.prompt.id", seen.PromptId);
        if (seen.Block > 0)
        {
            yield return KeyValue.Of("chaosbench.block", (long)seen.Block);
        }

        if (seen.Sent is { } sent)
        {
            yield return KeyValue.Of("chaosbench.dispatch_lag", Nanos.ToSeconds(sent - seen.Planned));
        }

        if (seen.Replica is { } replica)
        {
            yield return KeyValue.Of("chaosbench.replica", (long)replica);
        }

        if (seen.Degraded)
        {
            yield return KeyValue.Of("chaosbench.degraded", true);
        }
    }
}

/// <summary>Prompt and output of a request in the form of the conventions: JSON in one attribute each.</summary>
internal static class RequestTexts
{
    public static IEnumerable<KeyValue> Of(ContentLine? texts, string? finishReason)
    {
        if (texts is null)
        {
            yield break;
        }

        yield return KeyValue.Of("gen_ai.input.messages", Json([.. texts.Messages.Select(message => Message(message.Role, message.Content))]));
        if (texts.Output is { } output)
        {
            var message = Message("assistant", output);
            if (finishReason is not null)
            {
                message["finish_reason"] = finishReason;
            }

            yield return KeyValue.Of("gen_ai.output.messages", Json([message]));
        }
    }

    private static JsonObject Message(string role, string content) => new()
    {
        ["role"] = role,
        ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["content"] = Valid(content) }),
    };

    private static string Json(JsonArray array) => array.ToJsonString();

    /// <summary>Lone surrogates would stop the JSON writer.</summary>
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
