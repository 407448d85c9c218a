using System.Runtime.InteropServices;
using ChaosBench.Server;
using ChaosBench.Server.Models;

namespace ChaosBench.Harness.Commands;

/// <summary>
/// SIGHUP restarts the replicas of a service one by one, as daemons do it. A terminal that was closed sends the same signal; then
/// the service ends as it would without this.
/// </summary>
internal sealed class HangUp : IAsyncDisposable
{
    private readonly IReadOnlyList<ModelServer> _servers;
    private readonly Terminal _terminal;
    private readonly bool _hadTerminal = HasTerminal();
    private readonly CancellationTokenSource _stopping = new();
    private readonly PosixSignalRegistration _registration;

    // Guards _restart.
    private readonly Lock _lock = new();
    private Task _restart = Task.CompletedTask;

    public HangUp(IReadOnlyList<ModelServer> servers, Terminal terminal)
    {
        _servers = servers;
        _terminal = terminal;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
    }

    public async ValueTask DisposeAsync()
    {
        _registration.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task running;
        lock (_lock)
        {
            running = _restart;
        }

        await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_hadTerminal && !HasTerminal())
        {
            return;
        }

        context.Cancel = true;
        lock (_lock)
        {
            if (_restart.IsCompleted)
            {
                _restart = RestartAsync();
            }
            else
            {
                _terminal.Error.WriteLine("SIGHUP: the rolling restart is still under way.");
            }
        }
    }

    private async Task RestartAsync()
    {
        _terminal.Error.WriteLine(_servers.Count > 0
            ? "SIGHUP: restarting the replicas one by one."
            : "SIGHUP: an encoder has no replicas to restart.");
        try
        {
            foreach (var server in _servers)
            {
                await server.RestartRollingAsync(_stopping.Token).ConfigureAwait(false);
            }

            _terminal.Error.WriteLine("SIGHUP: done.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The service ends.
        }
        catch (Exception problem) when (problem is ModelLoadException or InvalidOperationException or IOException)
        {
            _terminal.Error.WriteLine($"SIGHUP: the rolling restart stopped: {Printable.Line(problem.Message, 400)}");
        }
    }

    /// <summary>There is a controlling terminal, and it has not hung up.</summary>
    private static bool HasTerminal()
    {
        try
        {
            using var terminal = File.OpenHandle("/dev/tty");
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}
