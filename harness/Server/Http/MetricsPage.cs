using System.Text;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/metrics</c> in OpenMetrics text. Names are vLLM's where vLLM has a counterpart.</summary>
internal static class MetricsPage
{
    public static Task WriteAsync(HttpContext context, FaceModel face, HttpMetrics metrics)
    {
        context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        return context.Response.WriteAsync(Render(face, metrics), context.RequestAborted);
    }

    private static string Render(FaceModel face, HttpMetrics metrics)
    {
        var page = new StringBuilder();
        var model = Escape(face.Identity.Name);
        var replicas = face.Replicas;

        Family(page, "vllm:num_requests_running", "gauge", "Requests that sit on a replica.");
        Sample(page, $"vllm:num_requests_running{{model_name=\"{model}\"}}", replicas.Sum(replica => replica.Outstanding));
        Family(page, "vllm:num_requests_waiting", "gauge", "Admitted requests that sit on no replica yet.");
        Sample(page, $"vllm:num_requests_waiting{{model_name=\"{model}\"}}", face.Waiting);
        Family(page, "vllm:prompt_tokens", "counter", "Prompt tokens of requests over HTTP.");
        Sample(page, $"vllm:prompt_tokens_total{{model_name=\"{model}\"}}", metrics.PromptTokens);
        Family(page, "vllm:prefix_cache_queries", "counter", "Prompt tokens that were looked up among kept beginnings of prompts.");
        Sample(page, $"vllm:prefix_cache_queries_total{{model_name=\"{model}\"}}", metrics.PromptTokens);
        Family(page, "vllm:prefix_cache_hits", "counter", "Those of them that were found, and not computed again.");
        Sample(page, $"vllm:prefix_cache_hits_total{{model_name=\"{model}\"}}", metrics.ReusedTokens);
        Family(page, "vllm:generation_tokens", "counter", "Generated tokens of requests over HTTP.");
        Sample(page, $"vllm:generation_tokens_total{{model_name=\"{model}\"}}", metrics.GeneratedTokens);
        Family(page, "vllm:request_success", "counter", "Completed requests over HTTP by finish reason.");
        foreach (var (reason, count) in metrics.ByFinish)
        {
            Sample(page, $"vllm:request_success_total{{model_name=\"{model}\",finished_reason=\"{Escape(reason)}\"}}", count);
        }

        Family(page, "chaosbench_http_requests", "counter", "Answers by HTTP status.");
        foreach (var (status, count) in metrics.ByStatus)
        {
            Sample(page, FormattableString.Invariant($"chaosbench_http_requests_total{{status=\"{status}\"}}"), count);
        }

        Family(page, "chaosbench_replica_in_rotation", "gauge", "1 when the router sends to the replica.");
        foreach (var replica in replicas)
        {
            var series = FormattableString.Invariant($"chaosbench_replica_in_rotation{{replica=\"{replica.Index}\"}}");
            Sample(page, series, replica.InRotation ? 1 : 0);
        }

        return page.Append("# EOF\n").ToString();
    }

    private static void Family(StringBuilder page, string name, string type, string help) =>
        page.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n')
            .Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');

    private static void Sample(StringBuilder page, string series, long value) =>
        page.Append(series).Append(' ').Append(value).Append('\n');

    private static string Escape(string label) => label.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
