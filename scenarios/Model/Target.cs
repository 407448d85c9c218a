namespace ChaosBench.Scenarios.Model;

/// <summary>A system under test. A closed set: <see cref="Onnx"/> in this process, <see cref="OpenAi"/> over HTTP.</summary>
public abstract record Target
{
    private Target() { }

    /// <summary>The key under <c>targets:</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Longest time for one request, from its send. Then it is cancelled and counts as timed-out. Default 60 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A model folder served inside this process.</summary>
    public sealed record Onnx : Target
    {
        /// <summary>Folder with <c>model.onnx</c>, <c>tokenizer.json</c>, <c>config.json</c>; relative to the working directory.</summary>
        public required string Model { get; init; }

        /// <summary>1 to 64. Default 2.</summary>
        public int Replicas { get; init; } = 2;

        /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda[:n]</c>.</summary>
        public string Device { get; init; } = "auto";

        /// <summary>Sequences decoded together in one replica. Default 16.</summary>
        public int MaxBatch { get; init; } = 16;

        /// <summary>Default: threads of this process.</summary>
        public ReplicaIsolation Isolation { get; init; }

        /// <summary>Waiting requests per server before new ones get 429. Default 256.</summary>
        public int QueueLimit { get; init; } = 256;

        /// <summary>What is checked before inference.</summary>
        public GuardrailPolicy Guardrails { get; init; } = new();

        /// <summary>The <c>context-store</c> looked up before inference; null when the server has none.</summary>
        public Dependency? ContextStore { get; init; } = new();
    }

    /// <summary>Any OpenAI-compatible endpoint.</summary>
    public sealed record OpenAi : Target
    {
        /// <summary>Base URL, for example <c>http://127.0.0.1:8000/v1</c>. May hold <c>${NAME}</c>, substituted only when the run starts.</summary>
        public required Templated Url { get; init; }

        /// <summary>The <c>model</c> field of requests.</summary>
        public required Templated Model { get; init; }

        public Templated? ApiKey { get; init; }
        public OpenAiApi Api { get; init; } = OpenAiApi.Chat;
        public IReadOnlyDictionary<string, Templated> Headers { get; init; } = new Dictionary<string, Templated>();

        /// <summary>Azure's <c>api-version</c> query value; with it the key travels as <c>api-key</c>.</summary>
        public string? ApiVersion { get; init; }

        /// <summary>PEM file of an own certificate authority.</summary>
        public string? CaCertificate { get; init; }

        /// <summary>PEM files of a client certificate and its key.</summary>
        public string? ClientCertificate { get; init; }
        public string? ClientKey { get; init; }

        /// <summary>HTTP proxy URL; the environment's proxy variables are not used.</summary>
        public Templated? Proxy { get; init; }

        public Budget Budget { get; init; } = new();

        /// <summary>What streams are asked to say about their tokens.</summary>
        public UsageReport Usage { get; init; } = UsageReport.End;

        /// <summary>Folder with the model's <c>tokenizer.json</c>, or that file: counts what the server does not. Null: nothing does.</summary>
        public string? Tokenizer { get; init; }

        /// <summary>What to do with Retry-After. The default records it and sends nothing again: the plan is the load.</summary>
        public RetryAfterPolicy RetryAfter { get; init; } = RetryAfterPolicy.Record;

        /// <summary>Program and arguments of the server, which the run starts and ends; empty: it is there already.</summary>
        public IReadOnlyList<string> Command { get; init; } = [];

        /// <summary>Longest time from the start of the command to the first answer.</summary>
        public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(60);
    }

    /// <summary>What the in-process server does about the text of a request.</summary>
    /// <param name="Characters">UTF-16 units of all messages together; more is refused.</param>
    /// <param name="Tokens">Tokens of the prompt; more is refused. Null: as many as the context holds.</param>
    /// <param name="Injection">Not <see cref="GuardAction.Sanitise"/>.</param>
    public sealed record GuardrailPolicy(
        int Characters = 1 << 20, int? Tokens = null, GuardAction Surrogates = GuardAction.Sanitise,
        GuardAction Controls = GuardAction.Sanitise, GuardAction Invisible = GuardAction.Allow, GuardAction Injection = GuardAction.Allow);

    /// <summary>A dependency of the in-process server, with its own time limit and fallback.</summary>
    /// <param name="Latency">Its honest latency. Default 1 ms.</param>
    /// <param name="Timeout">After this the fallback answers. Default 250 ms.</param>
    /// <param name="Fallback">Serve with an empty context; without it the request fails with 503. Default true.</param>
    public sealed record Dependency(TimeSpan? Latency = null, TimeSpan? Timeout = null, bool Fallback = true)
    {
        /// <summary>URL of a PostgreSQL database; may hold <c>${NAME}</c>, and its password must. Null: in memory.</summary>
        public Templated? Postgres { get; init; }

        /// <summary>File with the JSON Schema of a record; null: only the rules that always hold.</summary>
        public string? Schema { get; init; }

        /// <summary>Connections to the database at most. Default 8.</summary>
        public int Connections { get; init; } = 8;
    }
}

/// <summary><c>Task</c>: replicas are threads of this process. <c>Process</c>: each is a worker process that can really be killed and frozen.</summary>
public enum ReplicaIsolation
{
    Task,
    Process,
}

/// <summary>What a guardrail does about what it finds.</summary>
public enum GuardAction
{
    Allow,
    Sanitise,
    Refuse,
}

public enum OpenAiApi
{
    Chat,
    Completions,
}

/// <summary>What a stream is asked to say about its tokens (<c>stream_options</c>).</summary>
public enum UsageReport
{
    /// <summary>Nothing: for servers that refuse <c>stream_options</c>.</summary>
    None,

    /// <summary>The total, after the last token.</summary>
    End,

    /// <summary>The running total with each event (<c>continuous_usage_stats</c>), which not every server knows.</summary>
    Each,
}

/// <summary><c>Record</c>: note the wait and go on. <c>Honor</c>: hold back further sends to this target until it is over; those arrivals stay late.</summary>
public enum RetryAfterPolicy
{
    Record,
    Honor,
}

/// <summary>Ceilings of one run against a paid endpoint. Once one is reached, later arrivals are not sent.</summary>
/// <param name="Cost">In the currency of the prices.</param>
/// <param name="InputPrice">Per million input tokens.</param>
/// <param name="OutputPrice">Per million output tokens.</param>
public sealed record Budget(
    long? Requests = null, long? Tokens = null, double? Cost = null, double InputPrice = 0, double OutputPrice = 0);

/// <summary>Text in which <c>${NAME}</c> stands for an environment variable. Written to files only in this unresolved form.</summary>
public sealed record Templated(string Template)
{
    public override string ToString() => Template;
}
