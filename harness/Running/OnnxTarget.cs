using System.Globalization;
using ChaosBench.Chaos;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using ChaosBench.Server.Scheduling;
using ReplicaIsolation = ChaosBench.Scenarios.Model.ReplicaIsolation;
using ServedIsolation = ChaosBench.Server.ReplicaIsolation;

namespace ChaosBench.Harness.Running;

/// <summary>A model served inside this process, as a target: requests go straight to the server's router, without HTTP.</summary>
internal sealed class OnnxTarget(
    Target.Onnx target, DependencyChaos? contextStoreChaos, Func<Templated, string> resolve, Action<string, ServerEvent> onEvent,
    TimeProvider time) : ITarget
{
    private ModelServer? _server;

    /// <summary>The fault key of a request by its id, where requests come over HTTP, which carries the id alone.</summary>
    public Func<string, string>? KeyOfRequest { get; init; }

    public string Name => target.Name;

    /// <summary>The replicas, for faults on nodes. Reads the server only when a fault acts, so it may be handed out before the start.</summary>
    public IReplicaControl Replicas => new ReplicaControl(this, target);

    internal ModelServer Server => _server ?? throw new InvalidOperationException($"{Name} has not been started");

    public async Task<TargetIdentity> StartAsync(CancellationToken cancellation)
    {
        try
        {
            _server = await ModelServer.StartAsync(Options(), time, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is ModelLoadException or DependencyUnavailableException or IOException or UnauthorizedAccessException)
        {
            throw new TargetUnavailableException($"target '{Name}' could not be loaded: {exception.Message}", exception);
        }

        _server.OnEvent += happening => onEvent(Name, happening);
        return new TargetIdentity(Name, "onnx", target.Model, Facts(_server));
    }

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        sink.Sent();
        if (_server is null)
        {
            // As with a process that is not there: what was stopped, and is not up again, refuses.
            return new Response { Outcome = Outcome.ConnectError, Reason = "it is not running" };
        }

        GenerationRequest request;
        if (arrival.Prompt.RawBody is { } body)
        {
            // Damaged bytes go through the same parser as over HTTP, with its defaults for what they leave out: temperature 1.
            var parsed = ChatRequestParser.Parse(ChatBody.FillModel(body, Server.Identity.Name), arrival.RequestId, chat: true);
            if (!parsed.Ok)
            {
                return new Response
                {
                    Outcome = Outcomes.FromStatus(parsed.Error.Status),
                    Status = parsed.Error.Status,
                    Reason = parsed.Error.Code,
                };
            }

            request = parsed.Parsed.With(Server.Defaults).Request with { FaultKey = FaultKeyOf(arrival) };
        }
        else
        {
            // What a scenario does not plan is left open over HTTP too.
            request = Server.Defaults.Of(SamplingFields.TopP | SamplingFields.TopK | SamplingFields.RepetitionPenalty, Request(arrival));
        }

        var tokens = new TokenSink(sink, request.Stream);
        var result = await Server.GenerateAsync(request, tokens, cancellation).ConfigureAwait(false);
        tokens.Complete();
        return Answer(result, tokens.Count);
    }

    public async ValueTask DisposeAsync()
    {
        // It may be started again.
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ServerOptions Options() => new()
    {
        Model = target.Model,
        Replicas = target.Replicas,
        Device = target.Device,
        Isolation = target.Isolation switch
        {
            ReplicaIsolation.Task => ServedIsolation.Task,
            ReplicaIsolation.Process => ServedIsolation.Process,
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        // A run may have several targets in this process, and only a replica that is alone in its process may capture.
        CudaGraphs = target.Isolation == ReplicaIsolation.Process ? CudaGraphs.Auto : CudaGraphs.Off,
        MaxBatch = target.MaxBatch,
        QueueLimit = target.QueueLimit,
        ContextStore = ServedGuards.StoreOf(target, resolve, contextStoreChaos),
        Guardrails = ServedGuards.Of(target),
    };

    internal static GenerationRequest Request(Arrival arrival) => new()
    {
        RequestId = arrival.RequestId,
        FaultKey = FaultKeyOf(arrival),
        Messages = [.. arrival.Prompt.Messages.Select(message => new ChatTurn(message.Role, message.Content))],
        Temperature = arrival.Sampling.Temperature,
        MaxTokens = arrival.Sampling.MaxTokens,
        Seed = arrival.Sampling.Seed,
        Stream = arrival.Sampling.Stream,
    };

    /// <summary>What was drawn, so that both arms of a block lose the same requests. Canaries are no victims of anything.</summary>
    private static string FaultKeyOf(Arrival arrival) => arrival.Cohort.Role == PromptRole.Canary ? "" : arrival.Key;

    private static Response Answer(GenerationResult result, int tokens)
    {
        var status = ApiError.Of(result)?.Status ?? 200;
        var outcome = result.Status switch
        {
            GenerationStatus.Completed => tokens > 0 ? Outcome.Completed : Outcome.Empty,
            GenerationStatus.Cancelled => Outcome.Cancelled,
            GenerationStatus.DeadlineExceeded => Outcome.TimedOut,
            // A reply that had begun and stopped without saying so; over HTTP the client would see the stream end.
            GenerationStatus.ReplicaLost when tokens > 0 => Outcome.Truncated,
            _ => Outcomes.FromStatus(status),
        };
        return new Response
        {
            Outcome = outcome,
            Reason = outcome == Outcome.Completed ? null : result.ErrorCode ?? result.Error,
            Status = status,
            Text = result.Text,
            FinishReason = result.FinishReason,
            InputTokens = result.PromptTokens,
            OutputTokens = result.CompletionTokens,
            RetryAfterSeconds = result.RetryAfterSeconds,
            Replica = result.Replica,
            Degraded = result.Degraded,
        };
    }

    private static Dictionary<string, string> Facts(ModelServer server)
    {
        var identity = server.Identity;
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = identity.Name,
            ["modelSha256"] = identity.ModelSha256,
            ["tokenizerSha256"] = identity.TokenizerSha256,
            ["runtime"] = "ONNX Runtime " + identity.RuntimeVersion,
            ["device"] = identity.Device,
            ["layers"] = identity.Layers.ToString(CultureInfo.InvariantCulture),
            ["contextTokens"] = identity.Context.ToString(CultureInfo.InvariantCulture),
        };
        if (server.Defaults.ToString() is { Length: > 0 } sampling)
        {
            facts["generationConfig"] = sampling;
        }

        return facts;
    }

    /// <summary>Passes tokens on as they come, or all at once at the end when the request does not stream.</summary>
    private sealed class TokenSink(IResponseSink sink, bool stream) : IGenerationSink
    {
        public int Count { get; private set; }

        public void Tokens(int count, string text)
        {
            Count += count;
            if (stream && count > 0)
            {
                sink.Tokens(count);
            }
        }

        public void Complete()
        {
            if (!stream && Count > 0)
            {
                sink.Tokens(Count);
            }
        }
    }

    private sealed class ReplicaControl(OnnxTarget owner, Target.Onnx target) : IReplicaControl
    {
        public int Count => target.Replicas;

        public string? FreezeRefusal => NodeFreezing.Refusal(target);

        public Task KillAsync(int replica, CancellationToken cancellation) => owner.Server.KillReplicaAsync(replica, cancellation);

        public Task RestartAsync(int replica, CancellationToken cancellation) => owner.Server.RestartReplicaAsync(replica, cancellation);

        public void Freeze(int replica) => owner.Server.FreezeReplica(replica);

        public void Resume(int replica) => owner.Server.ResumeReplica(replica);

        public Task RestartRollingAsync(CancellationToken cancellation) => owner.Server.RestartRollingAsync(cancellation);

        public void Partition(int replica, bool cut) => owner.Server.PartitionReplica(replica, cut);

        public bool IsFrozen(int replica) => owner.Server.IsReplicaFrozen(replica);

        public IModelControl Models => new ServedModels(owner, target);

        public bool IsReady(int replica) => owner.Server.Replicas[replica] is { State: ReplicaState.Ready, InRotation: true };
    }
}
