using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>The hidden verb <c>watchdog FOLDER PID START</c>: sets the process up and stands by.</summary>
public static class WatchdogHost
{
    /// <summary>Of <c>chaosbench</c>; not for people.</summary>
    public const string Verb = "watchdog";

    /// <returns>0 when everything was healed, else 1.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux() || arguments.Count != 3
            || !int.TryParse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !long.TryParse(arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            await Console.Error.WriteLineAsync("chaosbench starts its watchdog itself, for faults outside its own process.").ConfigureAwait(false);
            return 1;
        }

        // Signals to the run's terminal or group are the run's business; this one ends with the pipe.
        _ = Native.NewSession();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        return await StandByAsync(arguments[0], pid, start, time).ConfigureAwait(false);
    }

    [SupportedOSPlatform("linux")]
    private static async Task<int> StandByAsync(string place, int pid, long start, TimeProvider time)
    {
        try
        {
            var here = ProcessIdentity.OfThis();
            var watchdog = new Watchdog(LeaseFolder.Open(place), here with { Pid = pid, Start = start }, Say, time);
            await using var pipe = Console.OpenStandardInput();
            await Console.Out.WriteLineAsync("ready").ConfigureAwait(false);
            await Console.Out.FlushAsync().ConfigureAwait(false);
            return await watchdog.RunAsync(pipe, CancellationToken.None).ConfigureAwait(false) ? 0 : 1;
        }
        catch (LeaseException refusal)
        {
            Say(refusal.Message);
            return 1;
        }
    }

    private static void Say(string line)
    {
        try
        {
            Console.Error.WriteLine("chaosbench watchdog: " + line);
        }
        catch (IOException)
        {
            // The terminal went with the run.
        }
    }
}
