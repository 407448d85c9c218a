using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>
/// The body of <c>/v1/chat/completions</c> and <c>/v1/completions</c>, byte for byte as it came. Pure: the HTTP face and callers in
/// this process share it. Unknown fields are tolerated, known ones are checked; <c>tools</c> and <c>response_format</c> are ignored.
/// NUL and lone surrogates in text are text. Defaults are OpenAI's: temperature 1, 16 tokens for completions, and for chat as many
/// as the context holds; <see cref="ParsedRequest.With"/> puts a model's in their place.
/// </summary>
public static class ChatRequestParser
{
    private const int DefaultCompletionTokens = 16;

    /// <summary>Never throws for what a body holds. The time is linear in its length.</summary>
    public static ParseResult Parse(ReadOnlyMemory<byte> body, string requestId, bool chat) =>
        JsonBody.Read(body, fields => Read(fields, requestId, chat), ParseResult.Of);

    private static ParseResult Read(FieldReader fields, string requestId, bool chat)
    {
        RefuseUnsupported(fields);
        var choices = Choices(fields);
        var stream = fields.Flag("stream");
        var (includeUsage, continuous) = Usage(fields);
        var most = fields.Whole("max_completion_tokens") ?? fields.Whole("max_tokens");
        var user = fields.TextIfAny("user");
        var request = new GenerationRequest
        {
            RequestId = requestId,
            Messages = chat ? MessageParser.Messages(fields) : [],
            Prompt = chat ? null : MessageParser.Prompt(fields),
            Temperature = fields.Number("temperature") ?? 1,
            TopP = fields.Number("top_p") ?? 1,
            TopK = TopK(fields),
            PresencePenalty = fields.Number("presence_penalty") ?? 0,
            RepetitionPenalty = fields.Number("repetition_penalty") ?? 1,
            FrequencyPenalty = fields.Number("frequency_penalty") ?? 0,
            MaxTokens = Bounded(most ?? (chat ? RequestLimits.MostTokens : DefaultCompletionTokens)),
            Seed = fields.Whole("seed"),
            TopLogProbs = TopLogProbs(fields, chat),
            Stop = Stops(fields),
            Stream = stream,
            User = user,
        };
        var model = fields.Text("model");
        if (fields.Error is null && RequestLimits.Check(request) is { } wrong)
        {
            var parameter = wrong.Parameter == "max_tokens" && fields.Any("max_completion_tokens") is not null
                ? "max_completion_tokens"
                : wrong.Parameter;
            fields.Fail(ApiError.Bad(parameter, $"{parameter} {wrong.Problem}."));
        }

        return fields.Error is { } error
            ? ParseResult.Of(error)
            : ParseResult.Of(new ParsedRequest(request, choices, stream, includeUsage) 
            {
                Model = model, User = user, Open = Open(fields), ContinuousUsage = includeUsage && continuous,
            });
    }

    private static SamplingFields Open(FieldReader fields)
    {
        return When(SamplingFields.Temperature, "temperature") | When(SamplingFields.TopP, "top_p") | When(SamplingFields.TopK, "top_k")
        | When(SamplingFields.RepetitionPenalty, "repetition_penalty")
        | (fields.Any("max_completion_tokens") is null ? When(SamplingFields.MaxTokens, "max_tokens") : SamplingFields.None);

        SamplingFields When(SamplingFields field, string name) => fields.Any(name) is null ? field : SamplingFields.None;
    }

    private static int Choices(FieldReader fields)
    {
        var count = fields.Whole("n") ?? 1;
        if (count is < 1 or > RequestLimits.MostChoices)
        {
            fields.Fail(ApiError.Bad("n", $"n is {count}; it must be from 1 to {RequestLimits.MostChoices}."));
        }

        // To make more and send the best is a ranking that nobody but the model's own likelihood would decide.
        if (fields.Whole("best_of") is { } best && best != count)
        {
            fields.Fail(ApiError.Bad("best_of", "best_of other than n is not supported; leave it out.", "unsupported_value"));
        }

        return Bounded(count);
    }

    private static void RefuseUnsupported(FieldReader fields)
    {
        if (fields.Flag("echo"))
        {
            fields.Fail(ApiError.Bad("echo", "echo is not supported; leave it out.", "unsupported_value"));
        }
    }

    /// <summary>Chat writes a flag and a count beside it, completions write the count alone.</summary>
    private static int? TopLogProbs(FieldReader fields, bool chat)
    {
        if (!chat)
        {
            return fields.Whole("logprobs") is { } most ? Within(most, "logprobs") : null;
        }

        var wanted = fields.Flag("logprobs");
        if (fields.Whole("top_logprobs") is not { } count)
        {
            return wanted ? 0 : null;
        }

        if (!wanted)
        {
            fields.Fail(ApiError.Bad("top_logprobs", "top_logprobs needs \"logprobs\": true beside it."));
        }

        return Within(count, "top_logprobs");

        int Within(long value, string name)
        {
            if (value is < 0 or > RequestLimits.MostLogProbs)
            {
                fields.Fail(ApiError.Bad(name, $"{name} is {value}; it must be from 0 to {RequestLimits.MostLogProbs}."));
            }

            return Bounded(value);
        }
    }

    private static (bool Include, bool Continuous) Usage(FieldReader fields)
    {
        if (fields.Nested("stream_options") is not { } options)
        {
            return (false, false);
        }

        var wanted = (options.Flag("include_usage"), options.Flag("continuous_usage_stats"));
        if (options.Error is { } error)
        {
            fields.Fail(error with { Param = $"stream_options.{error.Param}" });
        }

        return wanted;
    }

    /// <summary>-1 is how other servers write "all".</summary>
    private static int TopK(FieldReader fields) => fields.Whole("top_k") is { } count && count != -1 ? Bounded(count) : 0;

    private static IReadOnlyList<string> Stops(FieldReader fields)
    {
        switch (fields.Any("stop"))
        {
            case null:
                return [];
            case { ValueKind: JsonValueKind.String } one:
                return [JsonText.ValueOf(one)];
            case { ValueKind: JsonValueKind.Array } several:
                // One more than the limit is enough to be refused; the rest is not worth reading.
                var stops = several.EnumerateArray().Take(RequestLimits.MostStops + 1).ToList();
                if (stops.Find(stop => stop.ValueKind != JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } wrong)
                {
                    fields.FailType("stop", "a string or an array of strings", wrong);
                    return [];
                }

                return [.. stops.Select(JsonText.ValueOf)];
            case { } other:
                fields.FailType("stop", "a string or an array of strings", other);
                return [];
        }
    }

    /// <summary>Keeps what is out of range out of range.</summary>
    private static int Bounded(long value) => (int)Math.Clamp(value, -1, int.MaxValue);
}
