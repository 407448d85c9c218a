namespace ChaosBench.Reports.Telemetry.Scraping;

/// <summary>What a figure of a server means to the report, whatever its server calls it.</summary>
public enum ServerRole
{
    /// <summary>Kept because the scenario asks for it; no plot knows it.</summary>
    Other,

    /// <summary>Requests that are computed at the moment.</summary>
    Running,

    /// <summary>Requests that wait to be.</summary>
    Waiting,

    /// <summary>Share of the key-value cache in use, 0 to 1.</summary>
    CacheUsage,

    /// <summary>Time to first token, a histogram.</summary>
    FirstToken,

    /// <summary>Time in the queue, a histogram.</summary>
    QueueTime,

    /// <summary>Whole requests, a histogram.</summary>
    WholeRequest,

    /// <summary>Output tokens, a counter.</summary>
    OutputTokens,

    /// <summary>Requests that were thrown out of the cache and begun again, a counter.</summary>
    Preemptions,
}

/// <param name="Scale">What a value is multiplied with to be in seconds or a share of 1.</param>
/// <param name="Label">Only samples with this label's value; null: all, added up (shares: the highest).</param>
public sealed record ServerMetric(string Name, ServerRole Role, double Scale = 1, KeyValuePair<string, string>? Label = null)
{
    /// <summary>
    /// Those of vLLM (and our own server, which uses its names), SGLang, Text Generation Inference and Triton with its TensorRT-LLM
    /// backend, from their public documentation.
    /// </summary>
    public static IReadOnlyList<ServerMetric> Known { get; } =
    [
        new("vllm:num_requests_running", ServerRole.Running),
        new("vllm:num_requests_waiting", ServerRole.Waiting),
        new("vllm:kv_cache_usage_perc", ServerRole.CacheUsage),
        new("vllm:gpu_cache_usage_perc", ServerRole.CacheUsage),
        new("vllm:time_to_first_token_seconds", ServerRole.FirstToken),
        new("vllm:request_queue_time_seconds", ServerRole.QueueTime),
        new("vllm:e2e_request_latency_seconds", ServerRole.WholeRequest),
        new("vllm:generation_tokens", ServerRole.OutputTokens),
        new("vllm:num_preemptions", ServerRole.Preemptions),
        new("sglang:num_running_reqs", ServerRole.Running),
        new("sglang:num_queue_reqs", ServerRole.Waiting),
        new("sglang:token_usage", ServerRole.CacheUsage),
        new("sglang:time_to_first_token_seconds", ServerRole.FirstToken),
        new("sglang:e2e_request_latency_seconds", ServerRole.WholeRequest),
        new("tgi_batch_current_size", ServerRole.Running),
        new("tgi_queue_size", ServerRole.Waiting),
        new("tgi_request_duration", ServerRole.WholeRequest),
        new("nv_inference_pending_request_count", ServerRole.Waiting),
        new("nv_trt_llm_request_metrics", ServerRole.Running, 1, new("request_type", "scheduled")),
        new("nv_trt_llm_request_metrics", ServerRole.Waiting, 1, new("request_type", "waiting")),
        new("nv_trt_llm_kv_cache_block_metrics", ServerRole.CacheUsage, 1, new("kv_cache_block_type", "fraction")),
        new("trtllm_num_requests_running", ServerRole.Running),
        new("trtllm_num_requests_waiting", ServerRole.Waiting),
        new("trtllm_kv_cache_utilization", ServerRole.CacheUsage),
        new("trtllm_time_to_first_token_seconds", ServerRole.FirstToken),
        new("nv_inference_first_response_histogram_ms", ServerRole.FirstToken, 0.001),
    ];

    /// <summary>Under which a sample keeps its value: <c>name</c>, or <c>name{label="value"}</c> where the label decides.</summary>
    public string Key => Label is { } wanted ? $"{Name}{{{wanted.Key}=\"{wanted.Value}\"}}" : Name;

    /// <summary>All that go by this name of a family of metrics, or of one of its series.</summary>
    public static IEnumerable<ServerMetric> Named(string name) => Known.Where(known => known.Name == name || name == known.Name + "_total");
}
