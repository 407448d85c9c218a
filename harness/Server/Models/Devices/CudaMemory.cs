using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models.Devices;

/// <summary>An NVIDIA card's memory, by CUDA's runtime library. Not run on a card so far.</summary>
/// <param name="info">As the session has it that uses this memory: a tensor of any other is copied when it is bound.</param>
/// <param name="ordinal">CUDA's number of the card.</param>
/// <remarks>
/// <para>
/// ONNX Runtime copies an input that lies in the wrong memory once, when it is bound, and never again. So everything that a session
/// keeps on the card is bound there, and the few numbers of a step are sent into those places before it.
/// </para>
/// <para>
/// Copies go to the default stream and the session has one of its own that does not wait for it, so <see cref="Run"/> waits for the copies
/// first. A session's run ends when its stream is done.
/// </para>
/// </remarks>
internal sealed class CudaMemory(ICudaRuntime runtime, OrtMemoryInfo info, int ordinal) : IDeviceMemory
{
    private readonly HashSet<nint> _allocated = [];
    private readonly HashSet<nint> _locked = [];
    private bool _pending;

    public OrtMemoryInfo Info => info;

    public bool IsHost => false;

    public long Available
    {
        get
        {
            Select();
            Check(runtime.MemoryInfo(out var free, out _), "tell its free memory");
            return free;
        }
    }

    public bool Holds(OrtMemoryInfo place) => Same(info, place);

    /// <summary>Two names of one card's memory: the provider and the sessions on it call it differently, and other cards have other numbers.</summary>
    public static bool Same(OrtMemoryInfo one, OrtMemoryInfo other) =>
        one.GetVendorId() == other.GetVendorId() && one.Id == other.Id && one.GetDeviceMemoryType() == other.GetDeviceMemoryType();

    public nint Allocate(long bytes)
    {
        Select();
        Check(runtime.Allocate(bytes, out var address), $"give {bytes >> 20:N0} MiB");
        _allocated.Add(address);
        return address;
    }

    /// <summary>Its code is not looked at: after an error of the card nothing can be freed, and nothing needs to be.</summary>
    public void Free(nint address)
    {
        _ = runtime.SetDevice(ordinal);
        _ = runtime.Free(address);
        _allocated.Remove(address);
    }

    public nint AllocateHost(long bytes)
    {
        Select();
        Check(runtime.AllocateHost(bytes, out var address), $"lock {bytes >> 20:N0} MiB of this process");
        _locked.Add(address);
        return address;
    }

    public void FreeHost(nint address)
    {
        _ = runtime.SetDevice(ordinal);
        _ = runtime.FreeHost(address);
        _locked.Remove(address);
    }

    public void Copy(nint from, nint to, Lines lines)
    {
        if (lines is { Count: > 0, Bytes: > 0 })
        {
            Send(runtime.Copy(from, to, lines), "copy");
        }
    }

    public void Clear(nint at, Lines lines)
    {
        if (lines is { Count: > 0, Bytes: > 0 })
        {
            Send(runtime.Clear(at, lines), "clear");
        }
    }

    public void Upload(nint host, nint to, long bytes) => Send(runtime.Upload(host, to, bytes), "take bytes");

    public void Download(nint from, nint host, long bytes) => Check(runtime.Download(from, host, bytes), "give bytes back");

    public void Run(InferenceSession session, RunOptions options, OrtIoBinding binding)
    {
        Finish();
        session.RunWithBinding(options, binding);
    }

    /// <summary>Frees what is left: a runner that could not be made whole has no owner for its parts.</summary>
    public void Dispose()
    {
        foreach (var address in _allocated.ToArray())
        {
            Free(address);
        }

        foreach (var address in _locked.ToArray())
        {
            FreeHost(address);
        }
    }

    /// <summary>Waits for what was asked for, where anything was.</summary>
    internal void Finish()
    {
        if (_pending)
        {
            Check(runtime.Synchronize(), "finish its copies");
            _pending = false;
        }
    }

    private void Send(int code, string what)
    {
        Check(code, what);
        _pending = true;
    }

    /// <summary>The current card is a property of the thread, and a replica's thread may have been another's before.</summary>
    private void Select() => Check(runtime.SetDevice(ordinal), "be selected");

    private void Check(int code, string what)
    {
        if (code != 0)
        {
            throw new DeviceMemoryException($"cuda:{ordinal} cannot {what} (CUDA error {code}: {runtime.Describe(code)})");
        }
    }
}
