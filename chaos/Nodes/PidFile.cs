using System.Globalization;
using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Nodes;

/// <summary>The process that a pid file names, read anew each time: a supervisor may have put another one there.</summary>
[SupportedOSPlatform("linux")]
public sealed class PidFile(string path) : IProcessControl
{
    /// <summary>A number, a line end and some blanks; longer files are no pid files.</summary>
    private const int MostBytes = 64;

    public string Name => "process of " + path;

    public bool LeadsGroup => false;

    public TimeSpan RestoreLimit => TimeSpan.Zero;

    public ProcessIdentity Find()
    {
        var process = ProcessIdentity.Of(Read())
            ?? throw new FaultRefusedException($"{path}: the process that it names has ended; start it, or name the file of one that runs");
        return Guarded.Refusal(process) is { } why ? throw new FaultRefusedException($"{path}: names {process}, {why}") : process;
    }

    public Task RestoreAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> ServesAsync(CancellationToken cancellation)
    {
        try
        {
            return Task.FromResult(Find().Status() is { IsStopped: false });
        }
        catch (FaultRefusedException)
        {
            return Task.FromResult(false);
        }
    }

    private int Read()
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> bytes = stackalloc byte[MostBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = System.Text.Encoding.ASCII.GetString(bytes[..length]).Trim();
            return length <= MostBytes && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : throw new FaultRefusedException($"{path}: is no pid file; it must hold one number, for example 4711");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new FaultRefusedException($"{path}: cannot be read ({trouble.Message}); name the pid file of a process that runs");
        }
    }
}

/// <summary>Processes that no fault may touch: the machine's first, ourselves, and those that we hang on.</summary>
[SupportedOSPlatform("linux")]
internal static class Guarded
{
    /// <summary>Continues "names process 4711,"; null where a fault may act.</summary>
    public static string? Refusal(ProcessIdentity process)
    {
        if (process.Pid == 1)
        {
            return "the first of this machine, which everything hangs on";
        }

        // Upwards from here; a process can have no more ancestors than there are numbers between.
        for (var pid = Environment.ProcessId; pid > 1; pid = ProcessStatus.Read(pid)?.Parent ?? 0)
        {
            if (pid == process.Pid)
            {
                return pid == Environment.ProcessId ? "which is chaosbench itself" : "which chaosbench was started from";
            }
        }

        using var handle = ProcessHandle.Open(process);
        try
        {
            // Signal 0 only asks whether it may be signalled.
            return handle is null || !handle.Signal(0, group: false) ? "which has just ended"
                : process.Status() is { IsStopped: true } ? "which is stopped already; let it go on with 'kill -CONT'"
                : null;
        }
        catch (LeaseException refusal)
        {
            return "which may not be touched: " + refusal.Message;
        }
    }
}
