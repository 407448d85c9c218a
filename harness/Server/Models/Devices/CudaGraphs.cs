using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Models.Devices;

/// <summary>Whether decode steps on a card are captured as CUDA graphs, which spares a launch for every kernel.</summary>
public enum CudaGraphs
{
    /// <summary>Where they are possible.</summary>
    Auto,

    /// <summary>Where they are not possible, the model does not start.</summary>
    On,

    Off,
}

/// <summary>Where CUDA graphs are possible.</summary>
internal static class CudaGraphRule
{
    /// <summary>True when decode steps shall be captured.</summary>
    /// <param name="place">For the message.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
    /// <exception cref="ModelLoadException">They were asked for and are not possible.</exception>
    public static bool Resolve(string place, CudaGraphs wish, string device, CacheForm form)
    {
        if (wish == CudaGraphs.Off)
        {
            return false;
        }

        var problem = device == "cpu" ? "the model runs on the CPU; use --device cuda, or --cuda-graphs auto"
            : form != CacheForm.Shared ? "its caches grow, so no step has the shape of another; export it with past and present in one buffer, or use --cuda-graphs auto"
            : null;
        return problem is null || (wish == CudaGraphs.On ? throw new ModelLoadException(place, $"cannot have CUDA graphs: {problem}") : false);
    }

    /// <summary>
    /// What a server's replicas are told. ONNX Runtime captures in a mode that forbids other threads of the process to touch a card
    /// meanwhile, so only one replica of a process may capture.
    /// </summary>
    /// <param name="together">Replicas of this process, of all its servers.</param>
    /// <exception cref="ModelLoadException">They were asked for and are not possible.</exception>
    public static CudaGraphs Among(string place, CudaGraphs wish, int together) => together == 1 || wish == CudaGraphs.Off ? wish
        : wish == CudaGraphs.Auto ? CudaGraphs.Off
        : throw new ModelLoadException(
            place, $"cannot have CUDA graphs: {together} replicas share this process, and capturing one would break the others; use --isolation process, or --replicas 1");
}
