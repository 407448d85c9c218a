using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>A target of type <c>openai</c>.</summary>
internal static class OpenAiKeys
{
    /// <summary>Headers whose values are secrets.</summary>
    private static readonly string[] SecretHeaders = ["authorization", "proxy-authorization", "api-key", "x-api-key", "cookie"];

    private static readonly Key<string> Type = new(
        "type", Scalars.Choice("the type of this target", ("openai", "openai")), "An OpenAI-compatible HTTP endpoint.")
        { Default = "openai" };

    private static readonly Key<Templated> Url = new(
        "url", new CheckedKind<Templated, Templated>(
            Scalars.Templated, static (url, _, _) => Urls.Check(url) is { } flaw ? flaw : url),
        "Base URL up to and with the version, http://127.0.0.1:8000/v1. Hosts other than loopback need --allow-host.")
        { Required = true, Example = "http://127.0.0.1:8000/v1" };

    private static readonly Key<Templated> Model = new(
        "model", Scalars.Templated, "The model field of requests.") { Required = true, Example = "qwen2.5-0.5b-instruct" };

    private static readonly Key<Templated> ApiKey = new(
        "apiKey", new CheckedKind<Templated, Templated>(
            Scalars.Templated, static (key, _, _) => Template.IsReference(key.Template)
            ? key
            : new Flaw("a key written into the file",
                "name an environment variable, \"${API_KEY}\", and allow it with --allow-env API_KEY")),
        "The environment variable that holds the key, as ${NAME}. Never the key itself.") { Example = "\"${API_KEY}\"" };

    private static readonly Key<OpenAiApi> Api = new(
        "api", Scalars.Choice("an API", ("chat", OpenAiApi.Chat), ("completions", OpenAiApi.Completions)),
        "chat: /chat/completions. completions: /completions.") { Default = "chat" };

    private static readonly Key<IReadOnlyDictionary<string, Templated>> Headers = new(
        "headers", new CheckedKind<IReadOnlyDictionary<string, Templated>, IReadOnlyDictionary<string, Templated>>(
            new MapOf<Templated>(Scalars.Templated, "headers", Names.HeaderPattern, most: 50), 
            static (headers, _, _) => SecretIn(headers)),
        "Extra headers. Secret ones must name an environment variable.") { Default = "{}", Example = "{ X-Team: search }" };

    private static readonly Key<string> ApiVersion = new(
        "apiVersion", Scalars.PlainText("an api-version", "2024-10-21", "^[A-Za-z0-9.-]{1,64}$"),
        "Azure's api-version query value; with it the key travels as api-key.") { Example = "2024-10-21" };

    private static readonly Key<string> CaCertificate = new(
        "caCertificate", Scalars.Path, "PEM file of an own certificate authority.") { Example = "certificates/ca.pem" };

    private static readonly Key<string> ClientCertificate = new(
        "clientCertificate", Scalars.Path, "PEM file of a client certificate; needs clientKey.")
        { Example = "certificates/client.pem" };

    private static readonly Key<string> ClientKey = new(
        "clientKey", Scalars.Path, "PEM file of the client certificate's key.") { Example = "certificates/client.key" };

    private static readonly Key<Templated> Proxy = new(
        "proxy", new CheckedKind<Templated, Templated>(
            Scalars.Templated, static (url, _, _) => Urls.Check(url) is { } flaw ? flaw : url),
        "HTTP proxy URL; the environment's proxy variables are not used. Its host needs --allow-host too.")
        { Example = "http://127.0.0.1:3128" };

    private static readonly Key<Budget> Spending = new(
        "budget", BudgetKeys.Table, "Ceilings of one run. Once one is reached, later arrivals are not sent.")
        { Default = "{}", Example = "{ requests: 1000 }" };

    private static readonly Key<IReadOnlyList<string>> Command = new(
        "command", new ListOf<string>(Scalars.Text, "words", least: 1, most: 200),
        "The server's program and its arguments, without a shell. The run starts it, waits until the URL answers, and ends it. Needs --allow-exec.")
        { Example = "[my-server, --port, \"8000\"]" };

    private static readonly Key<TimeSpan> ReadyWithin = new(
        "readyWithin", Scalars.Limit, "Longest time from the start of the command to the first answer.") { Default = "60s" };

    private static readonly Key<UsageReport> Usage = new(
        "usage", Scalars.Choice("a usage report", ("end", UsageReport.End), ("each", UsageReport.Each), ("none", UsageReport.None)),
        "What streams are asked to say about their tokens. end: the total. each: a count with each event (vLLM and others). none: nothing.")
        { Default = "end" };

    private static readonly Key<string> Tokenizer = new(
        "tokenizer", Scalars.Path,
        "Folder with the model's tokenizer.json, or that file: counts the tokens of answers whose server did not.")
        { Example = "scenarios/models/triage-v1" };

    private static readonly Key<RetryAfterPolicy> RetryAfter = new(
        "retryAfter", Scalars.Choice("a policy", ("record", RetryAfterPolicy.Record), ("honor", RetryAfterPolicy.Honor)),
        "record: note Retry-After and go on. honor: hold back further sends until it is over; those arrivals stay late.")
        { Default = "record" };

    /// <summary>The same key on every type of target.</summary>
    public static readonly Key<TimeSpan> RequestTimeout = new(
        "requestTimeout", Scalars.Limit,
        "Longest time for one request, from its send. Then it is cancelled and counts as timed-out.") { Default = "60s" };

    public static Table<Target> Table { get; } = new(
        "openaiTarget", "an openai target", "Any OpenAI-compatible endpoint.",
        [Type, Url, Model, ApiKey, Api, Headers, ApiVersion, CaCertificate, ClientCertificate, ClientKey, Proxy, RequestTimeout,
            Spending, RetryAfter, Usage, Tokenizer, Command, ReadyWithin],
        keys =>
        {
            if (keys.Has(ClientCertificate) != keys.Has(ClientKey))
            {
                keys.Report(keys.Has(ClientKey) ? ClientKey : ClientCertificate,
                    "a client certificate needs its key, and a key its certificate",
                    "write both clientCertificate and clientKey");
            }

            return new Target.OpenAi
            {
                Name = "",
                Url = keys.Get(Url),
                Model = keys.Get(Model),
                ApiKey = keys.Find(ApiKey),
                Api = keys.Get(Api),
                Headers = keys.Get(Headers),
                ApiVersion = keys.Find(ApiVersion),
                CaCertificate = keys.Find(CaCertificate),
                ClientCertificate = keys.Find(ClientCertificate),
                ClientKey = keys.Find(ClientKey),
                Proxy = keys.Find(Proxy),
                Budget = keys.Get(Spending),
                RetryAfter = keys.Get(RetryAfter),
                Usage = keys.Get(Usage),
                Tokenizer = keys.Find(Tokenizer),
                RequestTimeout = keys.Get(RequestTimeout),
                Command = keys.Find(Command) ?? [],
                ReadyWithin = keys.Get(ReadyWithin),
            };
        });

    private static Parsed<IReadOnlyDictionary<string, Templated>> SecretIn(IReadOnlyDictionary<string, Templated> headers)
    {
        var secret = headers.FirstOrDefault(header =>
            SecretHeaders.Contains(header.Key.ToLowerInvariant()) && !Template.Contains(header.Value.Template)).Key;
        return secret is null
            ? new Parsed<IReadOnlyDictionary<string, Templated>>(headers)
            : new Flaw($"the secret header {secret} is written into the file",
                $"name an environment variable: {secret}: \"${{NAME}}\"");
    }
}

/// <summary>Ceilings for paid endpoints.</summary>
internal static class BudgetKeys
{
    private static readonly Key<long> Requests =
        new("requests", Scalars.LongCount(1, 1_000_000_000), "At most this many requests.") { Example = "1000" };
    private static readonly Key<long> Tokens =
        new("tokens", Scalars.LongCount(1, 1_000_000_000_000), "At most this many tokens, input and output together.")
            { Example = "100000" };
    private static readonly Key<double> Cost =
        new("cost", Scalars.Number(0, 1_000_000), "At most this much money, in the currency of the prices.") { Example = "2.50" };
    private static readonly Key<double> InputPrice = new("inputPrice", Scalars.Number(0, 1_000_000), "Per million input tokens.")
        { Default = "0" };
    private static readonly Key<double> OutputPrice =
        new("outputPrice", Scalars.Number(0, 1_000_000), "Per million output tokens.") { Default = "0" };

    public static Table<Budget> Table { get; } = new(
        "budget", "a budget", "Ceilings of one run against a paid endpoint.", [Requests, Tokens, Cost, InputPrice, OutputPrice],
        keys =>
        {
            var budget = new Budget(keys.Maybe(Requests), keys.Maybe(Tokens), keys.Maybe(Cost), keys.Get(InputPrice),
                keys.Get(OutputPrice));
            if (keys.IsSound && budget.Cost is not null && budget is { InputPrice: 0, OutputPrice: 0 })
            {
                keys.Report(Cost, "a cost without prices is never reached", "add inputPrice and outputPrice, per million tokens");
            }

            return budget;
        });
}
