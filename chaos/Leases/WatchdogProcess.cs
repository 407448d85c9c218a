using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace ChaosBench.Chaos.Leases;

/// <summary>The run's side of the watchdog: a process of its own, in a session of its own, holding the other end of a pipe.</summary>
[SupportedOSPlatform("linux")]
public sealed class WatchdogProcess(LeaseFolder folder, ProcessIdentity owner, TimeProvider time) : IWatchdog
{
    private const string StandsBy = "ready";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    // Longer than the watchdog tries, so that its last word is heard.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(75);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private Process? _process;

    /// <summary>Number of the process; null before it runs.</summary>
    public int? ProcessId => _process?.Id;

    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_process is { HasExited: false })
            {
                return;
            }

            _process?.Dispose();
            _process = null;
            _process = await StartAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Closes the pipe and waits for the watchdog to heal what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(EndLimit, time);
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It goes on by itself; its leases say what is left.
            }

            process.Dispose();
        }

        _starting.Dispose();
    }

    private async Task<Process> StartAsync(CancellationToken cancellation)
    {
        var info = OwnProgram.Start(WatchdogHost.Verb, folder.Place, Text(owner.Pid), Text(owner.Start));
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        // Not to hold the folder of a user who wants to remove it.
        info.WorkingDirectory = "/";
        Process? process = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, StartLimit, Timeout.InfiniteTimeSpan);
        try
        {
            process = Process.Start(info)!;
            if (await process.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false) == StandsBy)
            {
                return process;
            }

            throw new LeaseException("the watchdog ended before it stood by, so nothing is injected; 'chaosbench doctor' shows what this machine lacks");
        }
        catch (Exception trouble)
        {
            process?.StandardInput.Close();
            process?.Dispose();
            throw trouble switch
            {
                OperationCanceledException when !cancellation.IsCancellationRequested =>
                    new LeaseException($"the watchdog did not stand by within {StartLimit.TotalSeconds:0} s, so nothing is injected"),
                System.ComponentModel.Win32Exception => new LeaseException($"the watchdog cannot be started ({trouble.Message}), so nothing is injected", trouble),
                _ => trouble,
            };
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
