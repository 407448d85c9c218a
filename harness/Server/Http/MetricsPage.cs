using System.Globalization;
using System.Text;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// <c>/metrics</c> in OpenMetrics text. Names are vLLM's where vLLM has a counterpart. Versions side by side have the label
/// <c>version</c>; with one there is none.
/// </summary>
internal static class MetricsPage
{
    /// <param name="requests">Counts the answers that no version gave.</param>
    public static Task WriteAsync(HttpContext context, VersionSet versions, HttpMetrics requests)
    {
        context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        return context.Response.WriteAsync(Render(versions, requests), context.RequestAborted);
    }

    private static string Render(VersionSet versions, HttpMetrics requests)
    {
        var page = new StringBuilder();
        Each(page, versions, "vllm:num_requests_running", "Requests that sit on a replica.", version =>
            version.Model.Replicas.Sum(replica => replica.Outstanding));
        Each(page, versions, "vllm:num_requests_waiting", "Admitted requests that sit on no replica yet.", version => version.Model.Waiting);
        Count(page, versions, "vllm:prompt_tokens", "Prompt tokens of requests over HTTP.", metrics => metrics.PromptTokens);
        Count(page, versions, "vllm:prefix_cache_queries", "Prompt tokens that were looked up among kept beginnings of prompts.",
            metrics => metrics.PromptTokens);
        Count(page, versions, "vllm:prefix_cache_hits", "Those of them that were found, and not computed again.",
            metrics => metrics.ReusedTokens);
        Count(page, versions, "vllm:generation_tokens", "Generated tokens of requests over HTTP.", metrics => metrics.GeneratedTokens);

        Family(page, "vllm:request_success", "counter", "Completed requests over HTTP by finish reason.");
        foreach (var version in versions.All)
        {
            foreach (var (reason, count) in version.Metrics.ByFinish)
            {
                Sample(page, "vllm:request_success_total", count, Model(version), ("finished_reason", reason), Label(version));
            }
        }

        FirstTokens(page, versions);
        Count(page, versions, "chaosbench_deadline_exceeded", "Requests over HTTP whose time was over before their answer was whole.",
            metrics => metrics.Late);
        Answers(page, versions, requests);
        Replicas(page, versions, "chaosbench_replica_in_rotation", "gauge", "1 when the router sends to the replica.",
            replica => replica.InRotation ? 1 : 0);
        Replicas(page, versions, "chaosbench_replica_restarts", "counter", "Times that a lost replica was brought back without an order.",
            replica => replica.Restarts);
        Replicas(page, versions, "chaosbench_replica_given_up", "gauge", "1 when the replica was lost too often and stays down.",
            replica => replica.GivenUp ? 1 : 0);
        Dependencies(page, versions);
        GpuMetrics.Append(page);
        Split(page, versions);
        return page.Append("# EOF\n").ToString();
    }

    private static void FirstTokens(StringBuilder page, VersionSet versions)
    {
        const string Name = "vllm:time_to_first_token_seconds";
        Family(page, Name, "histogram", "Time from the arrival of a streaming request to its first text.");
        foreach (var version in versions.All)
        {
            var (counts, sum) = version.Metrics.FirstTokens;
            var below = 0L;
            for (var at = 0; at < counts.Count; at++)
            {
                below += counts[at];
                var bound = at == HttpMetrics.FirstTokenBounds.Length ? "+Inf" : HttpMetrics.FirstTokenBounds[at].ToString("0.0###", CultureInfo.InvariantCulture);
                Sample(page, Name + "_bucket", below, ("le", bound), Model(version), Label(version));
            }

            Sample(page, Name + "_count", below, Model(version), Label(version));
            Sample(page, Name + "_sum", (decimal)sum, Model(version), Label(version));
        }
    }

    private static void Answers(StringBuilder page, VersionSet versions, HttpMetrics requests)
    {
        Family(page, "chaosbench_http_requests", "counter", "Answers by HTTP status.");
        foreach (var (metrics, label) in versions.All.Select(version => (version.Metrics, Label(version))).Prepend((requests, default)))
        {
            foreach (var (status, count) in metrics.ByStatus)
            {
                Sample(page, "chaosbench_http_requests_total", count, ("status", status.ToString(CultureInfo.InvariantCulture)), label);
            }
        }
    }

    private static void Dependencies(StringBuilder page, VersionSet versions)
    {
        var servers = versions.All.Where(version => version.Model.Server is not null).ToList();
        Family(page, "chaosbench_dependency_calls", "counter", "Calls to a dependency by how they ended.");
        foreach (var version in servers)
        {
            if (version.Model.Server!.ContextStoreFacts is { } facts)
            {
                var name = ("dependency", (string?)facts.Name);
                Sample(page, "chaosbench_dependency_calls_total", facts.Answered, name, ("result", "answered"), Label(version));
                Sample(page, "chaosbench_dependency_calls_total", facts.FellBack, name, ("result", "fallback"), Label(version));
                Sample(page, "chaosbench_dependency_calls_total", facts.Failed, name, ("result", "failed"), Label(version));
            }
        }

        Family(page, "chaosbench_dependency_breaker_open", "gauge", "1 while a dependency is left alone because too many calls failed.");
        foreach (var version in servers)
        {
            if (version.Model.Server!.ContextStoreFacts is { BreakerOpen: { } open } facts)
            {
                Sample(page, "chaosbench_dependency_breaker_open", open ? 1 : 0, ("dependency", facts.Name), Label(version));
            }
        }

        Family(page, "chaosbench_guardrail_hits", "counter", "What guardrails found, by rule and by what was done about it.");
        foreach (var version in servers)
        {
            foreach (var hit in version.Model.Server!.GuardrailHits)
            {
                Sample(page, "chaosbench_guardrail_hits_total", hit.Count, ("rule", hit.Rule), ("action", hit.Action), Label(version));
            }
        }

        Family(page, "chaosbench_quarantined_records", "gauge", "Records of the context store that are withheld.");
        foreach (var version in servers)
        {
            Sample(page, "chaosbench_quarantined_records", version.Model.Server!.QuarantinedRecords, Label(version));
        }
    }

    private static void Split(StringBuilder page, VersionSet versions)
    {
        if (versions.Split is not { } split)
        {
            return;
        }

        Family(page, "chaosbench_traffic_share", "gauge", "Share of the sessions that a version is meant to get, 0 to 1.");
        Sample(page, "chaosbench_traffic_share", split.Stable / 100, Label(versions.All[0]));
        Sample(page, "chaosbench_traffic_share", split.Canary / 100, Label(versions.All[1]));
        Family(page, "chaosbench_split_last_reload_successful", "gauge", "0 when the split file cannot be read and the split before it holds.");
        Sample(page, "chaosbench_split_last_reload_successful", versions.SplitIsRefused ? 0 : 1);
    }

    private static void Each(StringBuilder page, VersionSet versions, string name, string help, Func<ServedVersion, long> value)
    {
        Family(page, name, "gauge", help);
        foreach (var version in versions.All)
        {
            Sample(page, name, value(version), Model(version), Label(version));
        }
    }

    private static void Count(StringBuilder page, VersionSet versions, string name, string help, Func<HttpMetrics, long> value)
    {
        Family(page, name, "counter", help);
        foreach (var version in versions.All)
        {
            Sample(page, name + "_total", value(version.Metrics), Model(version), Label(version));
        }
    }

    private static void Replicas(
        StringBuilder page, VersionSet versions, string name, string type, string help, Func<ReplicaStatus, long> value)
    {
        Family(page, name, type, help);
        foreach (var version in versions.All)
        {
            foreach (var replica in version.Model.Replicas)
            {
                var index = replica.Index.ToString(CultureInfo.InvariantCulture);
                Sample(page, type == "counter" ? name + "_total" : name, value(replica), ("replica", index), Label(version));
            }
        }
    }

    private static (string Name, string? Value) Model(ServedVersion version) => ("model_name", version.Id);

    private static (string Name, string? Value) Label(ServedVersion version) => ("version", version.Label);

    private static void Family(StringBuilder page, string name, string type, string help) =>
        page.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n')
            .Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');

    /// <summary>Labels without a value are left out.</summary>
    private static void Sample(StringBuilder page, string series, decimal value, params (string Name, string? Value)[] labels)
    {
        var written = labels.Where(label => label.Value is not null).Select(label => $"{label.Name}=\"{Escape(label.Value!)}\"").ToArray();
        page.Append(series);
        if (written.Length > 0)
        {
            page.Append('{').AppendJoin(',', written).Append('}');
        }

        page.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }

    private static string Escape(string label) => label.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
