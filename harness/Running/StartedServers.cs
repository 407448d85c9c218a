using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running;

/// <summary>Servers that the run starts for its targets, from <c>command:</c>.</summary>
internal static class StartedServers
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Not started yet.</summary>
    [SupportedOSPlatform("linux")]
    public static StartedProcess Create(
        Target.OpenAi target, LoadedCommand command, ILeases leases, TimeProvider time) => new(
        new StartOrder(target.Name, target.Command, target.ReadyWithin, ask => AnswersAsync(command.Url, ask), command.Variables), leases, time);

    /// <summary>Any answer to GET /models but a 5xx: whoever asks for a key is there, too.</summary>
    private static async Task<bool> AnswersAsync(Uri url, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = AskLimit };
        try
        {
            var place = new UriBuilder(url) { UserName = "", Password = "", Path = url.AbsolutePath.TrimEnd('/') + "/models" }.Uri;
            using var reply = await client.GetAsync(place, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            return (int)reply.StatusCode < 500;
        }
        catch (HttpRequestException trouble)
        {
            // Who shows a certificate that is not known here is there; the load itself has the authority's file.
            return trouble.HttpRequestError == HttpRequestError.SecureConnectionError;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <param name="Url">Of the target, resolved.</param>
/// <param name="Variables">Environment variables that the operator allows.</param>
internal sealed record LoadedCommand(Uri Url, IReadOnlyCollection<string> Variables);
