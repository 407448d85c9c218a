using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models;

/// <summary>
/// Opens ONNX Runtime sessions. CUDA comes in as a plug-in provider library beside the program, because the core library is the CPU build.
/// </summary>
internal static class SessionFactory
{
    private const string CudaLibrary = "libonnxruntime_providers_cuda.so";
    private const string CudaProvider = "chaosbench.cuda";

    /// <summary>Matches the core library; too large to be fetched by every build.</summary>
    private const string CudaPackage = "com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9";

    // Guards the one-time registration of the provider library, which is global to the process.
    private static readonly Lock CudaLock = new();
    private static string? _cudaProblem;
    private static bool _cudaTried;

    /// <summary>The device that a choice comes to, and why a wished one is not used.</summary>
    /// <exception cref="ModelLoadException">CUDA was asked for by name and is not to be had.</exception>
    public static (string Device, string? Note) Resolve(string place, DeviceChoice choice)
    {
        if (!choice.Cuda)
        {
            return ("cpu", null);
        }

        var problem = FindCuda(choice.Index, out _);
        if (problem is null && choice.Required)
        {
            return ($"cuda:{choice.Index}", null);
        }

        // The GPU kernel of GroupQueryAttention takes f16 and bf16 only; the decoders served so far are f32, so auto stays on the CPU.
        return problem is not null && choice.Required
            ? throw new ModelLoadException(place, $"cuda:{choice.Index} is not available: {problem}; use --device cpu or auto to run without it")
            : ("cpu", problem is null ? "the cache of this model is f32, which CUDA attention does not take" : $"cuda is not available: {problem}");
    }

    /// <exception cref="ModelLoadException">The file cannot be loaded as a graph.</exception>
    public static InferenceSession Open(string place, string device, int threads)
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
            var index = DeviceChoice.Parse(device).Index;
            var problem = FindCuda(index, out var found);
            if (problem is not null)
            {
                throw new ModelLoadException(place, $"{device} is not available: {problem}");
            }

            options.AppendExecutionProvider(OrtEnv.Instance(), [found!], new Dictionary<string, string>());
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

    /// <summary>What keeps models from running there, and how to get it; null when nothing does.</summary>
    public static string? CudaProblem(int index) => FindCuda(index, out _);

    public static string FirstLine(string message)
    {
        var line = message.AsSpan().Trim();
        line = line.IndexOf('\n') is >= 0 and var end ? line[..end] : line;
        return line.Length <= 300 ? line.ToString() : $"{line[..300]}...";
    }

    private static string? FindCuda(int index, out OrtEpDevice? device)
    {
        device = null;
        lock (CudaLock)
        {
            if (!_cudaTried)
            {
                _cudaTried = true;
                _cudaProblem = Register();
            }
        }

        if (_cudaProblem is not null)
        {
            return _cudaProblem;
        }

        var devices = OrtEnv.Instance().GetEpDevices().Where(d => d.EpName.Contains("CUDA", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (index >= devices.Length)
        {
            return devices.Length == 0
                ? "the provider sees no NVIDIA GPU; 'nvidia-smi' shows whether the driver does"
                : $"the provider sees {devices.Length} NVIDIA GPU(s), which count from cuda:0";
        }

        device = devices[index];
        return null;
    }

    private static string? Register()
    {
        var library = Path.Combine(AppContext.BaseDirectory, CudaLibrary);
        if (!File.Exists(library))
        {
            return $"{CudaLibrary} is not beside the program; the npm package {CudaPackage} carries it: put it into {AppContext.BaseDirectory}";
        }

        try
        {
            OrtEnv.Instance().RegisterExecutionProviderLibrary(CudaProvider, library);
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return $"the provider library does not load ({FirstLine(e.Message)}); it needs NVIDIA's driver and the libraries of CUDA 13 (runtime, cuBLAS, cuRAND) and cuDNN 9: install them, or add their folder to LD_LIBRARY_PATH";
        }
    }
}
