using System.Globalization;
using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>
/// One process, and no other one ever: its number may be given away after its end, but not with the same start, on the same boot.
/// </summary>
/// <param name="Boot">The kernel's id of this boot.</param>
/// <param name="Namespace">The namespace that the number counts in, as the kernel names it; containers have their own.</param>
/// <param name="Start">Clock ticks from boot to the start of the process.</param>
public sealed record ProcessIdentity(string Boot, string Namespace, int Pid, long Start)
{
    /// <summary>Of the process that has this number now; null when there is none, or only what is left of one (a zombie).</summary>
    [SupportedOSPlatform("linux")]
    public static ProcessIdentity? Of(int pid) => ProcessStatus.Read(pid) is { HasEnded: false } status
        ? new ProcessIdentity(Here.Boot, Here.Namespace, pid, status.Start)
        : null;

    [SupportedOSPlatform("linux")]
    public static ProcessIdentity OfThis() =>
        Of(Environment.ProcessId) ?? throw new LeaseException("/proc does not show this process; leases need Linux with /proc mounted");

    /// <summary>What it does now; null when it has ended, also when its number lives on in another process.</summary>
    [SupportedOSPlatform("linux")]
    public ProcessStatus? Status() =>
        Boot == Here.Boot && Namespace == Here.Namespace && ProcessStatus.Read(Pid) is { HasEnded: false } status && status.Start == Start
            ? status
            : null;

    /// <summary>Numbers of another namespace mean nothing here.</summary>
    [SupportedOSPlatform("linux")]
    public bool IsOfThisNamespace() => Namespace == Here.Namespace;

    [SupportedOSPlatform("linux")]
    public bool IsOfThisBoot() => Boot == Here.Boot;

    public override string ToString() => "process " + Pid.ToString(CultureInfo.InvariantCulture);

    private static class Here
    {
        public static string Boot { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

        public static string Namespace { get; } = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
    }
}

/// <summary>One line of <c>/proc/PID/stat</c>.</summary>
/// <param name="State">The kernel's letter: R running, S asleep, T stopped, Z ended.</param>
/// <param name="Parent">Number of the parent.</param>
/// <param name="Group">Number of the process group.</param>
/// <param name="Start">Clock ticks from boot.</param>
public sealed record ProcessStatus(char State, int Parent, int Group, long Start)
{
    public bool HasEnded => State is 'Z' or 'X' or 'x';

    /// <summary>Held still by a signal. A debugger's hold is <c>t</c>, and not ours.</summary>
    public bool IsStopped => State == 'T';

    /// <summary>Null when there is no such process, or it may not be looked at.</summary>
    public static ProcessStatus? Read(int pid)
    {
        string line;
        try
        {
            line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The name stands in parentheses and may hold anything, also a parenthesis.
        var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19
            ? new ProcessStatus(
                fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture))
            : null;
    }
}
