using System.CommandLine;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;

namespace ChaosBench.Harness.Ui;

/// <summary>The live page beside a run: <c>chaosbench run --ui</c>.</summary>
internal sealed class RunView : IAsyncDisposable
{
    private readonly UiServer _server;
    private readonly TimeSpan? _linger;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;

    private RunView(UiServer server, IRunWatcher watcher, TimeSpan? linger, Terminal terminal, TimeProvider time)
    {
        (_server, Watcher, _linger, _terminal, _time) = (server, watcher, linger, terminal, time);
    }

    /// <summary>Tells the page and whoever watched before.</summary>
    public IRunWatcher Watcher { get; }

    /// <returns>Null: nobody asked for it.</returns>
    /// <exception cref="UsageException">The port cannot be listened on, or an option needs <c>--ui</c>.</exception>
    public static async Task<RunView?> StartAsync(
        RunViewOptions options, ParseResult parsed, IRunWatcher inner, DirectoryInfo folder, (Terminal Terminal, TimeProvider Time) world)
    {
        var (port, linger) = (parsed.GetValue(options.Port), parsed.GetValue(options.Linger));
        if (!parsed.GetValue(options.Ui))
        {
            return parsed.GetResult(options.Port) is null && linger is null ? null
                : throw new UsageException("--ui-port and --ui-linger belong to a page that is not served; add --ui.");
        }

        var (terminal, time) = world;
        var feed = new LiveFeed(inner);
        var shelf = new RunShelf(folder.FullName, time) { Name = folder.ToString() };
        var server = await UiServer.StartAsync(new UiParts(shelf, feed, null, time), port).ConfigureAwait(false);
        terminal.Error.WriteLine($"live view: {server.Address}");
        return new RunView(server, feed, linger, terminal, time);
    }

    /// <summary>The verdict is there: stays for as long as was asked; without a word, until Ctrl-C where somebody can press it.</summary>
    public async Task LingerAsync(CancellationToken cancellation)
    {
        var stay = _linger ?? (_terminal.IsInteractive ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
        if (stay == TimeSpan.Zero || cancellation.IsCancellationRequested)
        {
            return;
        }

        _terminal.Error.WriteLine($"live view stays{(stay == Timeout.InfiniteTimeSpan ? "" : FormattableString.Invariant($" for {stay.TotalSeconds:0} s"))}; Ctrl-C closes it: {_server.Address}");
        await Task.Delay(stay, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
