using ChaosBench.Server.Models;
using ChaosBench.Server.Routing;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server;

/// <summary>The first request of a replica: it is not in rotation before it has answered one.</summary>
/// <param name="folder">Of the model, for messages.</param>
internal sealed class WarmUp(ServedModel model, string folder)
{
    /// <exception cref="ModelLoadException">It does not answer.</exception>
    public async Task RunAsync(IReplica replica, CancellationToken cancellation)
    {
        var request = new GenerationRequest { RequestId = "warm-up", FaultKey = "", Messages = [], Prompt = "Warm up.", MaxTokens = 8 };
        var result = await replica.GenerateAsync(request, (replica.Encode ?? model.Encode)(request), new WatchedSink(null), cancellation)
            .ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (result.Status != GenerationStatus.Completed)
        {
            throw new ModelLoadException(
                result.ErrorCode == "non_finite_logits" ? Path.Combine(folder, "model.onnx") : folder,
                $"replica {replica.Index} does not answer its warm-up ({result.Status}): {result.Error}"
                + (result.ErrorCode == "non_finite_logits" ? "; copy the file again or export it anew" : ""));
        }
    }
}
