using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosBench.Harness.Initialising;

/// <summary>
/// Asks an endpoint what it can do, in at most ten small questions: its models, a stream, what else a stream may carry,
/// embeddings, metrics.
/// </summary>
/// <param name="tell">Shown as it goes.</param>
internal sealed class EndpointSurvey(Asking asking, Action<string> tell)
{
    private const int MostNamed = 5;
    private const int LongestName = 200;

    private readonly List<(string What, string Found)> _found = [];

    /// <param name="url">As the user wrote it, checked.</param>
    /// <param name="model">As the user wrote it. Null: the first that is listed.</param>
    /// <exception cref="UsageException">It does not answer, or not as an endpoint that a scenario can ask.</exception>
    public async Task<EndpointFacts> LookAsync(Uri url, string? model, CancellationToken cancellation)
    {
        var (root, listed) = await ModelsAsync(url, cancellation).ConfigureAwait(false);
        var chosen = model ?? listed.FirstOrDefault() ?? throw new UsageException(
            $"{root}: it lists no model; name the one that questions shall go to with --model NAME.");
        var (path, plain) = await AnswerAsync(root, chosen, cancellation).ConfigureAwait(false);
        var streams = plain.Events > 0;
        var counts = streams && await UsageAsync(root, path, chosen, cancellation).ConfigureAwait(false);
        await LogProbsAsync(root, path, chosen, cancellation).ConfigureAwait(false);
        await SeedAsync(root, path, chosen, cancellation).ConfigureAwait(false);
        await EmbeddingsAsync(root, chosen, cancellation).ConfigureAwait(false);
        var metrics = await MetricsAsync(new Uri(root), cancellation).ConfigureAwait(false);
        return new EndpointFacts
        {
            Url = root, Model = chosen, IsCompletions = path == "completions", Streams = streams, CountsUsage = counts,
                MetricsUrl = metrics, Found = _found,
        };
    }

    private async Task<(string Root, List<string> Models)> ModelsAsync(Uri url, CancellationToken cancellation)
    {
        var given = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var roots = url.AbsolutePath.Trim('/').Length == 0 ? new[] { given + "/v1", given } : [given];
        Reply? last = null;
        foreach (var root in roots)
        {
            var reply = await asking.GetAsync(root + "/models", cancellation).ConfigureAwait(false);
            if (reply is { Status: 0, Trouble: { } trouble })
            {
                throw new UsageException($"{root}: {trouble}; start the server, mend the URL, or write a file without asking with --offline.");
            }

            if (reply.Status is 401 or 403)
            {
                throw new UsageException($"{root}: it wants a key (HTTP {reply.Status}); put the key in an environment variable and name that with --key-env NAME.");
            }

            if (reply.IsGood && Ids(reply.Text) is { } ids)
            {
                var names = string.Join(", ", ids.Take(MostNamed)) + (ids.Count > MostNamed
                    ? $" and {ids.Count - MostNamed} more" : "");
                Note("models", ids.Count == 0 ? "none listed" : $"{ids.Count} listed: {names}");
                return (root, ids);
            }

            last = reply;
        }

        Note("models", $"not listed ({last!.Why}{(last.IsGood ? ", not a list of models" : "")})");
        return (roots[0], []);
    }

    /// <summary>By chat, else as a completion.</summary>
    private async Task<(string Path, StreamedAnswer Answer)> AnswerAsync(string root, string model,
        CancellationToken cancellation)
    {
        var problems = new List<string>();
        foreach (var path in new[] { "chat/completions", "completions" })
        {
            var reply = await AskAsync(root, path, model, [], cancellation).ConfigureAwait(false);
            var answer = StreamedAnswer.Read(reply);
            if (reply.IsGood && answer.IsAnswer)
            {
                var took = string.Create(CultureInfo.InvariantCulture, $"8 tokens at most in {reply.Took.TotalSeconds:0.00} s");
                Note(path == "completions" ? "completions" : "chat", answer switch
                {
                    { Broken: > 0 } => $"streams, but {answer.Broken} events are no JSON",
                    { Events: > 0, HasEnd: true } => $"streams: {answer.Events} events, {took}",
                    { Events: > 0 } => $"streams without [DONE] at the end: {answer.Events} events, {took}",
                    { IsWhole: true } => $"answers whole, also when asked to stream, {took}",
                    _ => "ends its stream without a word",
                });
                return (path, answer);
            }

            var why = reply.IsGood ? "the reply is no answer" : reply.Why + Message(reply.Text);
            problems.Add($"{root}/{path}: {why}");
            Note(path == "completions" ? "completions" : "chat", $"no: {why}");
            if (reply.Status is 401 or 403)
            {
                problems.Add("it wants a key: put it in an environment variable and name that with --key-env NAME.");
                break;
            }
        }

        throw new UsageException([.. problems, $"nothing that a scenario can ask answered with the model '{Printable.Line(model, LongestName)}'; name another with --model, or write a file without asking with --offline."]);
    }

    private async Task<bool> UsageAsync(string root, string path, string model, CancellationToken cancellation)
    {
        var reply = await AskAsync(root, path, model, new() { ["stream_options"] = new JsonObject { ["include_usage"] = true } },
            cancellation).ConfigureAwait(false);
        var counts = reply.IsGood && StreamedAnswer.Read(reply).HasUsage;
        Note("usage", counts ? "counts its tokens at the end of a stream" : reply.IsGood
            ? "takes stream_options and counts nothing" : $"stream_options are refused ({reply.Why})");
        return counts;
    }

    private async Task LogProbsAsync(string root, string path, string model, CancellationToken cancellation)
    {
        JsonObject more = path == "completions" ? new() { ["logprobs"] = 1 }
            : new() { ["logprobs"] = true, ["top_logprobs"] = 1 };
        var reply = await AskAsync(root, path, model, more, cancellation).ConfigureAwait(false);
        Note("logprobs", !reply.IsGood ? $"refused ({reply.Why})" : StreamedAnswer.Read(reply).HasLogProbs ? "given" : "asked for and not given");
    }

    /// <summary>The same seed at temperature 1, twice.</summary>
    private async Task SeedAsync(string root, string path, string model, CancellationToken cancellation)
    {
        var texts = new List<string>();
        for (var time = 0; time < 2; time++)
        {
            var reply = await AskAsync(root, path, model, new() { ["seed"] = 7, ["temperature"] = 1 }, cancellation)
                .ConfigureAwait(false);
            if (!reply.IsGood)
            {
                Note("seed", $"refused ({reply.Why})");
                return;
            }

            texts.Add(StreamedAnswer.Read(reply).Text);
        }

        Note("seed", texts[0] == texts[1] ? "the same seed gave the same answer twice"
            : "the same seed gave two answers: texts of two runs cannot be compared one by one");
    }

    private async Task EmbeddingsAsync(string root, string model, CancellationToken cancellation)
    {
        var body = new JsonObject { ["model"] = model, ["input"] = "hello" }.ToJsonString();
        var reply = await asking.PostAsync(root + "/embeddings", body, cancellation).ConfigureAwait(false);
        var size = reply.IsGood ? VectorIn(reply.Text) : null;
        Note("embeddings", size is { } numbers ? $"{numbers} numbers" : reply.IsGood ? "no vector in the reply" : $"no ({reply.Why})");
    }

    /// <summary>At the server's root, where every server that has one puts it.</summary>
    private async Task<string?> MetricsAsync(Uri root, CancellationToken cancellation)
    {
        var url = root.GetLeftPart(UriPartial.Authority) + "/metrics";
        var reply = await asking.GetAsync(url, cancellation).ConfigureAwait(false);
        var families = reply.Status == 200
            ? reply.Text.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[2]).ToList()
            : [];
        if (families.Count == 0)
        {
            Note("metrics", reply.IsGood ? $"no page of Prometheus' form at {url}" : $"no ({reply.Why})");
            return null;
        }

        var first = families.Select(name => name.Split('_', ':')[0]).GroupBy(name => name)
            .OrderByDescending(group => group.Count()).First().Key;
        Note("metrics", $"{families.Count} families at {url}, most begin with {Printable.Line(first, 60)}");
        return url;
    }

    private Task<Reply> AskAsync(string root, string path, string model, JsonObject more, CancellationToken cancellation)
    {
        var body = new JsonObject { ["model"] = model, ["max_tokens"] = 8, ["temperature"] = 0, ["stream"] = true };
        if (path == "completions")
        {
            body["prompt"] = "Say hello.";
        }
        else
        {
            body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Say hello." });
        }

        foreach (var (name, value) in more)
        {
            body[name] = value?.DeepClone();
        }

        return asking.PostAsync($"{root}/{path}", body.ToJsonString(), cancellation);
    }

    private void Note(string what, string found)
    {
        found = Printable.Line(found, 400);
        _found.Add((what, found));
        tell($"{what,-12} {found}");
    }

    /// <returns>Null when it is no list. Names that no scenario can hold are left out.</returns>
    private static List<string>? Ids(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var data = StreamedAnswer.Member(document.RootElement, "data");
            return data.ValueKind != JsonValueKind.Array ? null :
            [
                .. data.EnumerateArray().Select(one => StreamedAnswer.Member(one, "id"))
                    .Where(id => id.ValueKind == JsonValueKind.String)
                    .Select(id => id.GetString()!).Where(IsUsable),
            ];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary><c>${...}</c> would ask for a variable of the environment, and what does not print is no name.</summary>
    internal static bool IsUsable(string name) => name.Length is > 0 and <= LongestName
        && name == Printable.Line(name, LongestName) && !name.Contains("${", StringComparison.Ordinal);

    private static int? VectorIn(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var data = StreamedAnswer.Member(document.RootElement, "data");
            var vector = data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0
                ? StreamedAnswer.Member(data[0], "embedding") : default;
            return vector.ValueKind == JsonValueKind.Array && vector.GetArrayLength() > 0 ? vector.GetArrayLength() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The <c>error.message</c> of a refusal, where there is one.</summary>
    private static string Message(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var message = StreamedAnswer.Member(StreamedAnswer.Member(document.RootElement, "error"), "message");
            return message.ValueKind == JsonValueKind.String ? $" ({Printable.Line(message.GetString()!, 160)})" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
