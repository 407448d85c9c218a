using ChaosBench.Reports.Judging;
using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using ChaosBench.Server.Versions;

namespace ChaosBench.Harness.Commands;

/// <summary>A second version beside the first.</summary>
/// <param name="File">Followed while it changes; null when the split stays.</param>
/// <param name="Name">Model id under which the traffic is split.</param>
internal sealed record CanaryOptions(ServerOptions Server, TrafficSplit Split, string? File, string Name);

/// <summary>What <c>chaosbench serve</c> runs from start to Ctrl-C. Everything that it started ends with it, the latest first.</summary>
internal sealed class Serving(Terminal terminal, TimeProvider time) : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _running = new();
    private readonly List<ModelServer> _servers = [];

    /// <exception cref="UsageException">A folder that is no model, a port that is taken: nothing was served yet.</exception>
    public async Task<int> RunAsync(
        ServerOptions options, CanaryOptions? canary, HttpFaceOptions faceOptions, CancellationToken cancellation)
    {
        try
        {
            var (stable, facts) = await StartAsync(options, cancellation).ConfigureAwait(false);
            var versions = VersionSet.Single(stable);
            if (canary is not null)
            {
                (versions, var beside) = await BesideAsync(stable, canary, cancellation).ConfigureAwait(false);
                facts = $"{facts}, split {versions.Split} with {beside}";
            }

            var face = Keep(await HttpFace.StartAsync(versions, faceOptions, time, cancellation).ConfigureAwait(false));
            terminal.Error.WriteLine($"serving {Printable.Line(stable.Id, 60)} on {face.BaseAddress} ({facts}); Ctrl-C drains and stops");
            await using var hangUp = new HangUp(_servers, terminal);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Pass;
        }
        catch (Exception exception) when (exception is ModelLoadException or DependencyUnavailableException or IOException)
        {
            throw new UsageException(exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var latest))
        {
            await latest.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<(VersionSet Versions, string Facts)> BesideAsync(
        ServedVersion stable, CanaryOptions options, CancellationToken cancellation)
    {
        var (canary, facts) = await StartAsync(options.Server, cancellation).ConfigureAwait(false);
        VersionSet versions;
        try
        {
            versions = VersionSet.Canary(stable, canary, options.Split, options.Name);
        }
        catch (ArgumentException)
        {
            throw new UsageException($"--served-model-name {options.Name} is the id of one of the versions; choose another name.");
        }

        if (options.File is { } file)
        {
            Keep(new SplitFile(file, versions, time, line => terminal.Error.WriteLine(Printable.Line(line, 400))));
        }

        return (versions, $"{Printable.Line(versions.All[1].Id, 60)}: {facts}");
    }

    private async Task<(ServedVersion Version, string Facts)> StartAsync(ServerOptions options, CancellationToken cancellation)
    {
        if (EncoderFolder.TryLoad(options.Model, options.Device, options.Replicas) is { } encoder)
        {
            Keep(encoder);
            if (options.CudaGraphs == CudaGraphs.On)
            {
                throw new ModelLoadException(options.Model, "cannot have CUDA graphs: an encoder makes no decode steps; leave --cuda-graphs out");
            }

            var gives = encoder.Labels.Count > 0 ? $"{encoder.Width} labels" : $"embeddings of {encoder.Width} numbers";
            return (ServedVersion.Of(encoder), $"{gives}, {encoder.Identity.Device}");
        }

        var server = Keep(await ModelServer.StartAsync(options, time, cancellation).ConfigureAwait(false));
        _servers.Add(server);
        server.OnEvent += happened => Tell(server.Identity.Name, happened);
        var defaults = server.Defaults.ToString();
        var sampling = defaults.Length > 0 ? $", generation_config.json: {defaults}" : "";
        return (ServedVersion.Of(server), $"{options.Replicas} replica(s), {server.Identity.Device}{sampling}");
    }

    /// <summary>What befalls the replicas; what befalls single requests is for their callers.</summary>
    private void Tell(string model, ServerEvent happened)
    {
        if (happened.Replica is { } replica && happened.Kind != ServerEventKind.FailedOver)
        {
            var detail = happened.Detail is { } said ? $" ({said})" : "";
            terminal.Error.WriteLine(Printable.Line($"{model} replica {replica}: {happened.Kind}{detail}", 400));
        }
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }
}
