namespace ChaosBench.Tests.Support;

/// <summary>A test of what only Linux has: leases, signals, process handles. Skipped elsewhere with that reason.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    internal const string Reason = "needs Linux: locks and handles of processes are its own";

    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : Reason;
}

/// <inheritdoc cref="LinuxFactAttribute"/>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : LinuxFactAttribute.Reason;
}
