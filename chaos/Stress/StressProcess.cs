using System.Diagnostics;
using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Stress;

/// <summary>
/// A process of ours that presses on the machine. Its end is written down as a lease before it may begin, and it ends by itself when its
/// standard input does: with this process, however that dies.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class StressProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly ProcessIdentity _identity;
    private IHeldLease? _lease;

    private StressProcess(Process process, ProcessIdentity identity) => (_process, _identity) = (process, identity);

    /// <summary>What it did.</summary>
    public string Done { get; private set; } = "";

    public bool HasEnded => _identity.Status() is null;

    /// <exception cref="FaultRefusedException">The machine cannot spare what was asked for.</exception>
    /// <exception cref="LeaseException">Its end cannot be written down, so it never began.</exception>
    public static async Task<StressProcess> StartAsync(
        string fault, IReadOnlyList<string> order, TimeSpan ttl, ILeases leases, CancellationToken cancellation)
    {
        var info = OwnProgram.Start([StressHost.Verb, .. order]);
        info.RedirectStandardInput = info.RedirectStandardOutput = true;
        var process = Process.Start(info)!;
        var identity = ProcessIdentity.Of(process.Id) ?? throw new LeaseException("the stressor ended before it began");
        var started = new StressProcess(process, identity);
        try
        {
            started._lease = await leases.TakeAsync(fault, new HealAction.EndProcess(identity), ttl, cancellation).ConfigureAwait(false);
            await process.StandardInput.WriteAsync("go\n".AsMemory(), cancellation).ConfigureAwait(false);
            await process.StandardInput.FlushAsync(cancellation).ConfigureAwait(false);
            var said = await process.StandardOutput.ReadLineAsync(cancellation).AsTask().WaitAsync(ReadyLimit, cancellation).ConfigureAwait(false);
            started.Done = said?.StartsWith(StressHost.Ready, StringComparison.Ordinal) == true
                ? said[StressHost.Ready.Length..].Trim()
                : throw new FaultRefusedException(said is null ? "the stressor ended" : said[(said.IndexOf(' ') + 1)..]);
            return started;
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _lease.HealAsync(CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            _process.StandardInput.Close();
        }

        _process.Dispose();
    }
}
