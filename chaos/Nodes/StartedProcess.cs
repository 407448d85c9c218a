using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Nodes;

/// <summary>How a server that the run starts is started.</summary>
/// <param name="Name">The target's.</param>
/// <param name="Command">Program and arguments; there is no shell in between.</param>
/// <param name="ReadyWithin">Longest time from the start to the first answer.</param>
/// <param name="Answers">Asks the server for any sign of service.</param>
/// <param name="Variables">Environment variables that the operator allows beyond what any program needs.</param>
public sealed record StartOrder(
    string Name, IReadOnlyList<string> Command, TimeSpan ReadyWithin, Func<CancellationToken, Task<bool>> Answers,
    IReadOnlyCollection<string> Variables);

/// <summary>
/// A server process that the run itself starts, and ends. Nothing of the command runs before its end is written down as a lease: what
/// is started is a launcher that waits for the word and then becomes the command, in a group of its own.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class StartedProcess(StartOrder order, ILeases leases, TimeProvider time) : IServerProcess
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    private Process? _process;
    private ProcessIdentity? _identity;
    private IHeldLease? _lease;
    private LastWords _lastWords = new();

    public string Name => $"process of target {order.Name}";

    public bool LeadsGroup => true;

    public TimeSpan RestoreLimit => order.ReadyWithin;

    public async Task StartAsync(CancellationToken cancellation)
    {
        await LaunchAsync(cancellation).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(order.ReadyWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            while (!await ServesAsync(either.Token).ConfigureAwait(false))
            {
                if (_identity!.Status() is null)
                {
                    throw new LeaseException($"the command of target '{order.Name}' ended before it answered{_lastWords}");
                }

                await Task.Delay(AskAgain, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new LeaseException($"the command of target '{order.Name}' did not answer within {order.ReadyWithin.TotalSeconds:0} s{_lastWords}; raise readyWithin if it needs longer");
        }
    }

    public ProcessIdentity Find() => _identity?.Status() is { IsStopped: false }
        ? _identity
        : throw new FaultRefusedException($"the {Name} does not run{_lastWords}");

    public Task RestoreAsync(CancellationToken cancellation) =>
        _identity?.Status() is null ? StartAsync(cancellation) : Task.CompletedTask;

    public async Task<bool> ServesAsync(CancellationToken cancellation) =>
        _identity?.Status() is { IsStopped: false } && await order.Answers(cancellation).ConfigureAwait(false);

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        if (_lease is { } lease)
        {
            try
            {
                await lease.HealAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (LeaseException)
            {
                // The lease stays, and the run says that not everything was healed.
            }

            _lease = null;
        }

        _process?.Dispose();
        _process = null;
    }

    private async Task LaunchAsync(CancellationToken cancellation)
    {
        await EndAsync().ConfigureAwait(false);
        var info = OwnProgram.Start([Launcher.Verb, .. order.Command]);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        SharedVariables.Keep(info, order.Variables);
        try
        {
            _process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception trouble)
        {
            throw new LeaseException($"the command of target '{order.Name}' cannot be started: {trouble.Message}", trouble);
        }

        _lastWords = new LastWords();
        _process.ErrorDataReceived += _lastWords.Add;
        _process.BeginErrorReadLine();
        // Read on, or a talkative server blocks; what it says may be anybody's prompts, so it is kept nowhere.
        _process.BeginOutputReadLine();
        _identity = ProcessIdentity.Of(_process.Id)
            ?? throw new LeaseException($"the command of target '{order.Name}' ended at once{_lastWords}");
        _lease = await leases.TakeAsync(order.Name, new HealAction.EndProcess(_identity), null, cancellation).ConfigureAwait(false);
        await _process.StandardInput.WriteAsync("go\n".AsMemory(), cancellation).ConfigureAwait(false);
        _process.StandardInput.Close();
    }

    /// <summary>The end of what it wrote on standard error, for messages.</summary>
    private sealed class LastWords
    {
        private const int Most = 600;

        // Guarded by itself.
        private readonly StringBuilder _text = new();

        public void Add(object sender, DataReceivedEventArgs line)
        {
            lock (_text)
            {
                _text.Append(line.Data).Append(' ');
                _text.Remove(0, Math.Max(0, _text.Length - Most));
            }
        }

        public override string ToString()
        {
            lock (_text)
            {
                var words = _text.ToString().Trim();
                return words.Length == 0 ? "" : ": " + words;
            }
        }
    }
}
