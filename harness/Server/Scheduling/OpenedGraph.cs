using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Scheduling;

/// <summary>What a runner is made of, and owns.</summary>
/// <param name="Place">The graph's file, for messages.</param>
/// <param name="Captures">The session captures CUDA graphs of the calls that name one.</param>
internal sealed record OpenedGraph(string Place, InferenceSession Session, DecoderInterface Decoder, IDeviceMemory Memory, bool Captures) : IDisposable
{
    /// <summary>After everything that lies in its memory.</summary>
    public void Dispose()
    {
        Session.Dispose();
        Memory.Dispose();
    }
}
