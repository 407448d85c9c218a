using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models.Devices;

/// <summary>Lines of equal length with gaps between them: the positions of each head of a row, in one layout and in another.</summary>
/// <param name="Count">Lines.</param>
/// <param name="Bytes">Of one line.</param>
/// <param name="FromStride">Bytes from the beginning of a line to that of the next where they are read.</param>
/// <param name="ToStride">The same where they are written.</param>
internal readonly record struct Lines(int Count, long Bytes, long FromStride, long ToStride);

/// <summary>
/// The memory that a graph computes in: where a replica's caches, inputs and logits lie, and how bytes move in it, into it and out of it.
/// </summary>
/// <remarks>
/// An address is one of this memory and is followed by nobody but the graph, unless <see cref="IsHost"/>. What is called takes effect in the
/// order of the calls; only <see cref="Download"/> and <see cref="Run"/> wait for it. For one thread.
/// </remarks>
internal interface IDeviceMemory : IDisposable
{
    /// <summary>What tensors over its addresses are made with.</summary>
    OrtMemoryInfo Info { get; }

    /// <summary>Addresses are this process's own: nothing need be sent or fetched.</summary>
    bool IsHost { get; }

    /// <summary>Bytes that caches may take.</summary>
    long Available { get; }

    /// <summary>A session that keeps a tensor there reads this memory as it is, without a copy of its own.</summary>
    bool Holds(OrtMemoryInfo place);

    /// <exception cref="DeviceMemoryException">There is not so much.</exception>
    nint Allocate(long bytes);

    void Free(nint address);

    /// <summary>Memory of this process from which and to which bytes move fastest.</summary>
    /// <exception cref="DeviceMemoryException">There is not so much.</exception>
    nint AllocateHost(long bytes);

    void FreeHost(nint address);

    /// <summary>Within this memory; what is read and what is written do not overlap.</summary>
    void Copy(nint from, nint to, Lines lines);

    /// <summary>Zeroes; the from stride counts for nothing.</summary>
    void Clear(nint at, Lines lines);

    /// <summary>The host's bytes stay as they are until the next <see cref="Run"/>.</summary>
    void Upload(nint host, nint to, long bytes);

    void Download(nint from, nint host, long bytes);

    /// <summary>Runs a graph over tensors of this memory and returns when it is done.</summary>
    void Run(InferenceSession session, RunOptions options, OrtIoBinding binding);
}

/// <summary>A device refused memory or lost it; whoever uses it has to start anew.</summary>
internal sealed class DeviceMemoryException(string message) : Exception(message);
