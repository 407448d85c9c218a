using System.Globalization;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary>
/// What hostile clients share: so many of them go round and round beside the run's own traffic until the window ends, one connection each at
/// a time and never more than <see cref="Most"/> in all. Their requests are nobody's observations: what they do shows on the bystanders.
/// </summary>
internal abstract class HostileFault(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time) : IInjector
{
    /// <summary>Connections of one fault.</summary>
    public const int Most = 20_000;

    /// <summary>Between two connections of a client: hostile is what it does, not how often.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private StopSignal _stop = new(time);
    private Task _clients = Task.CompletedTask;
    private int _connections;

    protected static readonly FaultParameter Clients = new("clients", "count", "4", "Hostile clients at a time.") { Least = "1", Most = "1000" };

    public PlannedFault Fault { get; } = fault;

    protected TimeProvider Time => time;

    protected virtual int Count => Clients.CountOf(Fault.Fault);

    public Task ApplyAsync(CancellationToken cancellation)
    {
        var stop = _stop = new StopSignal(time);
        var reached = endpoints.Select(endpoint => endpoint()).OfType<EndpointAddress>().ToList();
        _clients = Task.WhenAll(reached.SelectMany(endpoint => Enumerable.Range(0, Count).Select(_ => Task.Run(() => GoRoundAsync(endpoint, stop), CancellationToken.None))));
        return Task.CompletedTask;
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        _stop.Set();
        await _clients.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(_clients.IsCompleted);

    /// <summary>One connection. Announces what it did through <paramref name="applied"/>, once it has done it.</summary>
    protected abstract Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over);

    /// <summary>Waits, unless the window ends before.</summary>
    protected Task<bool> EndsWithinAsync(TimeSpan wait) => _stop.ComesWithinAsync(wait);

    /// <summary>An entry of the catalogue.</summary>
    protected static FaultKind Entry(string name, string summary, string response, string with, params FaultParameter[] parameters) => new(
        name, Vantage.HostileClient, FaultScope.Connection, "hostile client", Fidelity.Real,
        summary + " Beside the run's own traffic, which it is not counted in.", response, parameters,
        $"{{ at: 25s, for: 10s, fault: {name}{(with.Length > 0 ? $", with: {{ {with} }}" : "")} }}");

    private async Task GoRoundAsync(EndpointAddress endpoint, StopSignal stop)
    {
        using var over = new CancellationTokenSource();
        var stopping = StopAsync(stop, over);
        while (!stop.IsSet && Interlocked.Increment(ref _connections) is var number && number <= Most)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"connection-{number}");
            announcer.Unit(Fault, key, UnitEvent.Eligible);
            announcer.Unit(Fault, key, UnitEvent.Selected);
            var done = false;
            void Applied()
            {
                if (!done)
                {
                    done = true;
                    announcer.Unit(Fault, key, UnitEvent.Applied);
                }
            }

            try
            {
                await ConnectAsync(endpoint, Applied, over.Token).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                // The server may defend itself, and the window may end: both are what a hostile client must live with.
            }

            if (!done)
            {
                announcer.Unit(Fault, key, UnitEvent.Bypassed);
            }

            await stop.ComesWithinAsync(Rest).ConfigureAwait(false);
        }

        stop.Set();
        await stopping.ConfigureAwait(false);
    }

    private static async Task StopAsync(StopSignal stop, CancellationTokenSource over)
    {
        await stop.Task.ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }
}
