using System.Diagnostics;

namespace ChaosBench.Chaos.Nodes;

/// <summary>
/// What a command that a scenario names sees of our environment: what any program needs to start and to find its libraries, and what
/// the operator allows by name. The keys of other services are not its business.
/// </summary>
public static class SharedVariables
{
    public static void Keep(ProcessStartInfo info, IReadOnlyCollection<string> allowed)
    {
        foreach (var name in info.Environment.Keys.Where(name => !IsNeeded(name) && !allowed.Contains(name)).ToList())
        {
            info.Environment.Remove(name);
        }
    }

    private static bool IsNeeded(string name) =>
        name is "PATH" or "HOME" or "USER" or "TMPDIR" or "LANG" or "TZ" or "LD_LIBRARY_PATH" or "VIRTUAL_ENV" or "XDG_STATE_HOME"
        || name.StartsWith("LC_", StringComparison.Ordinal) || name.StartsWith("DOTNET_", StringComparison.Ordinal)
        || name.StartsWith("CUDA_", StringComparison.Ordinal) || name.StartsWith("NVIDIA_", StringComparison.Ordinal);
}
