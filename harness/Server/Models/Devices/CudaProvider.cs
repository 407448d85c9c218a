using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models.Devices;

/// <summary>CUDA as a plug-in provider library beside the program, because the core library is the CPU build.</summary>
internal static class CudaProvider
{
    private const string Library = "libonnxruntime_providers_cuda.so";
    private const string Registration = "chaosbench.cuda";

    /// <summary>Matches the core library; too large to be fetched by every build.</summary>
    private const string Package = "com.github.asus4.onnxruntime.linux-x64-gpu@0.4.9";

    // Guards the one-time registration of the provider library, which is global to the process.
    private static readonly Lock RegistrationLock = new();
    private static string? _problem;
    private static bool _tried;

    /// <summary>The provider's own options. A session that captures graphs does so in the runs that name one (<c>gpu_graph_id</c>).</summary>
    public static Dictionary<string, string> Options(bool graphs) =>
        graphs ? new(StringComparer.Ordinal) { ["enable_cuda_graph"] = "1" } : new(StringComparer.Ordinal);

    /// <summary>What keeps models from running there, and how to get it; null when nothing does.</summary>
    public static string? Find(int index, out OrtEpDevice? device)
    {
        device = null;
        lock (RegistrationLock)
        {
            if (!_tried)
            {
                _tried = true;
                _problem = Register();
            }
        }

        if (_problem is not null)
        {
            return _problem;
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

    /// <summary>A card's memory, as a session on it has it.</summary>
    /// <exception cref="ModelLoadException">The card or CUDA's runtime library is not there.</exception>
    public static IDeviceMemory Memory(string place, int index, InferenceSession session)
    {
        if (Find(index, out var device) is { } problem)
        {
            throw new ModelLoadException(place, $"cuda:{index} is not available: {problem}");
        }

        var card = device!.GetMemoryInfo(OrtDeviceMemoryType.DEFAULT);
        // Where the session reads nothing there, whoever asks for it is told so later.
        var info = session.GetMemoryInfosForInputs().FirstOrDefault(input => CudaMemory.Same(input, card)) ?? card;
        try
        {
            return CudaRuntimeLibrary.TryLoad() is { } runtime
                ? new CudaMemory(runtime, info, card.Id)
                : throw new ModelLoadException(
                    place, $"cuda:{index} is not available: libcudart.so.13 does not load; install CUDA's runtime, or add its folder to LD_LIBRARY_PATH");
        }
        catch (EntryPointNotFoundException e)
        {
            throw new ModelLoadException(place, $"cuda:{index} is not available: {e.Message}; install CUDA 13's runtime", e);
        }
    }

    private static string? Register()
    {
        var library = Path.Combine(AppContext.BaseDirectory, Library);
        if (!File.Exists(library))
        {
            return $"{Library} is not beside the program; the npm package {Package} carries it: put it into {AppContext.BaseDirectory}";
        }

        try
        {
            OrtEnv.Instance().RegisterExecutionProviderLibrary(Registration, library);
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return $"the provider library does not load ({SessionFactory.FirstLine(e.Message)}); it needs NVIDIA's driver and the libraries of CUDA 13 (runtime, cuBLAS, cuRAND) and cuDNN 9: install them, or add their folder to LD_LIBRARY_PATH";
        }
    }
}
