using ChaosBench.Server.Models.Devices;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Models;

/// <summary>What can be said of ONNX Runtime without a model.</summary>
public static class OnnxRuntimeFacts
{
    /// <exception cref="DllNotFoundException">The native library is not there.</exception>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>What keeps models from running on CUDA, and how to get it; null when nothing does.</summary>
    /// <exception cref="DllNotFoundException">The native library is not there.</exception>
    public static string? CudaProblem => CudaProvider.Find(0, out _);
}
