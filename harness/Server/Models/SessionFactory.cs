using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models;

/// <summary>Opens ONNX Runtime sessions on a device.</summary>
internal static class SessionFactory
{
    /// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="graphs">Runs on a card that name a CUDA graph are captured and replayed.</param>
    /// <exception cref="ModelLoadException">The file cannot be loaded as a graph.</exception>
    public static InferenceSession Open(string place, string device, int threads, bool graphs = false)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };

        // A waiting worker that spins takes the core that another replica needs.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        if (device != "cpu")
        {
            var problem = CudaProvider.Find(DeviceChoice.Parse(device).Index, out var found);
            if (problem is not null)
            {
                throw new ModelLoadException(place, $"{device} is not available: {problem}");
            }

            options.AppendExecutionProvider(OrtEnv.Instance(), [found!], CudaProvider.Options(graphs));
        }

        try
        {
            return new InferenceSession(place, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException(place, $"ONNX Runtime cannot load it ({FirstLine(e.Message)}); copy the file again or export it anew", e);
        }
    }

    /// <summary>The memory that a session of this device computes in.</summary>
    /// <exception cref="ModelLoadException">The device is not there.</exception>
    public static IDeviceMemory MemoryOf(string place, string device, InferenceSession session) =>
        device == "cpu" ? new HostMemory() : CudaProvider.Memory(place, DeviceChoice.Parse(device).Index, session);

    public static string FirstLine(string message)
    {
        var line = message.AsSpan().Trim();
        line = line.IndexOf('\n') is >= 0 and var end ? line[..end] : line;
        return line.Length <= 300 ? line.ToString() : $"{line[..300]}...";
    }
}
