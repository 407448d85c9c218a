namespace ChaosBench.Server.Dependencies;

/// <summary>A server cannot start because of a dependency. The message names neither its address nor its data.</summary>
public sealed class DependencyUnavailableException(string dependency, string problem, Exception? inner = null)
    : Exception($"{dependency}: {problem}", inner);
