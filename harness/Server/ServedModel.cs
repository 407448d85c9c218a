using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server;

/// <summary>What a server needs of a model; the seam where tests put a model of their own.</summary>
/// <param name="MaxContext">Positions of one request, prompt and answer together.</param>
/// <param name="Encode">Messages or prompt to tokens; throws <see cref="RequestRefusedException"/> for what the model cannot take.</param>
internal sealed record ServedModel(
    ModelIdentity Identity, int MaxContext, Func<GenerationRequest, int[]> Encode, Func<int, IReplica> CreateReplica);

/// <summary>The request is at fault; the message is for the caller.</summary>
internal sealed class RequestRefusedException(string message) : Exception(message);
