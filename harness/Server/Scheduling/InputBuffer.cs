using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// Whole numbers that a graph reads: written here, and sent to where the graph reads them before each call. They lie in one place where that
/// is this process's memory.
/// </summary>
internal sealed unsafe class InputBuffer : IDisposable
{
    private readonly IDeviceMemory _memory;
    private readonly int _length;
    private readonly nint _host;
    private readonly nint _device;

    /// <param name="memory">Of the session.</param>
    /// <param name="onDevice">The session reads this input there; otherwise from this process's memory.</param>
    /// <param name="length">Most numbers of a call.</param>
    public InputBuffer(IDeviceMemory memory, bool onDevice, int length)
    {
        (_memory, _length) = (memory, length);
        _host = memory.AllocateHost((long)length * sizeof(long));
        _device = onDevice && !memory.IsHost ? memory.Allocate((long)length * sizeof(long)) : 0;
    }

    public Span<long> Values => new((void*)_host, _length);

    /// <summary>The first numbers as a tensor that stays valid as they change.</summary>
    public OrtValue View(int rows, int columns) => OrtValue.CreateTensorValueWithData(
        _device == 0 ? OrtMemoryInfo.DefaultInstance : _memory.Info,
        TensorElementType.Int64,
        [rows, columns],
        _device == 0 ? _host : _device,
        (long)rows * columns * sizeof(long));

    /// <summary>Makes the first numbers the graph's.</summary>
    public void Send(int count)
    {
        if (_device != 0)
        {
            _memory.Upload(_host, _device, (long)count * sizeof(long));
        }
    }

    public void Dispose()
    {
        _memory.FreeHost(_host);
        if (_device != 0)
        {
            _memory.Free(_device);
        }
    }
}
