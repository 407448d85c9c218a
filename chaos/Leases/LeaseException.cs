namespace ChaosBench.Chaos.Leases;

/// <summary>A lease cannot be written, read or healed here. The message names the place and the remedy.</summary>
public sealed class LeaseException(string message, Exception? cause = null) : Exception(message, cause);
