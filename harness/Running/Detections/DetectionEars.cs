using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running.Detections;

/// <summary>Listens to every source that a scenario declares, from the start of the clock to the end of the last phase.</summary>
internal sealed class DetectionEars : IAsyncDisposable
{
    /// <summary>In the run folder, mode 0600, while the run goes on: where to call, and the token to send.</summary>
    public const string WebhookFile = "webhook.json";

    /// <summary>For callers whose configuration is fixed. Without it the token is drawn anew for each run.</summary>
    public const string TokenVariable = "CHAOSBENCH_WEBHOOK_TOKEN";

    private const int ShortestToken = 16;

    private readonly IReadOnlyList<DetectionSource> _sources;
    private readonly DetectionDesk _desk;
    private readonly TimeProvider _time;
    private readonly HttpLooks _http = new();
    private readonly CommandLooks _commands;
    private readonly List<WebhookFace> _faces = [];
    private string? _file;

    private DetectionEars(IReadOnlyList<DetectionSource> sources, DetectionDesk desk, IReadOnlyCollection<string> variables, TimeProvider time)
    {
        (_sources, _desk, _time) = (sources, desk, time);
        _commands = new CommandLooks(variables);
    }

    /// <summary>What keeps webhooks from being heard, found before anything is sent or written.</summary>
    public static IEnumerable<string> Refusals(IReadOnlyList<DetectionSource> sources)
    {
        var hooks = sources.Where(source => source.Look is DetectionLook.Webhook).ToList();
        if (hooks.Count > 0 && Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 and < ShortestToken })
        {
            yield return ShortToken;
        }

        foreach (var hook in hooks.Where(hook => hook.Look is DetectionLook.Webhook { Port: > 0 }).DistinctBy(hook => hook.Look))
        {
            var port = ((DetectionLook.Webhook)hook.Look).Port;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            string? trouble = null;
            try
            {
                listener.Start();
            }
            catch (SocketException taken)
            {
                trouble = taken.Message;
            }

            if (trouble is not null)
            {
                yield return Taken(hook.Name, port, trouble);
            }
        }
    }

    /// <param name="folder">The run's.</param>
    /// <param name="variables">Environment variables that commands may see beside what any program needs.</param>
    /// <exception cref="UsageException">A webhook's port is taken.</exception>
    public static async Task<DetectionEars> OpenAsync(
        IReadOnlyList<DetectionSource> sources, DetectionDesk desk, string folder, IReadOnlyCollection<string> variables, TimeProvider time)
    {
        var ears = new DetectionEars(sources, desk, variables, time);
        try
        {
            await ears.ListenAsync(folder).ConfigureAwait(false);
            return ears;
        }
        catch
        {
            await ears.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks every source that has to be asked, until <paramref name="stop"/>.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(_sources.Where(source => source.Look is not DetectionLook.Webhook).Select(source => Task.Run(() => AskAsync(source, stop), CancellationToken.None)));

    public async ValueTask DisposeAsync()
    {
        foreach (var face in _faces)
        {
            await face.DisposeAsync().ConfigureAwait(false);
        }

        if (_file is not null)
        {
            File.Delete(_file);
        }

        _http.Dispose();
    }

    private static string ShortToken => $"{TokenVariable} is shorter than {ShortestToken} characters; choose a longer token";

    private static string Taken(string name, int port, string why) => FormattableString.Invariant(
        $"detections: port {port} of the webhook '{name}' cannot be listened on ({why}); choose another, or 0 for any free one");

    private async Task ListenAsync(string folder)
    {
        var token = Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } fixedOne
            ? fixedOne.Length >= ShortestToken ? fixedOne : throw new UsageException(ShortToken)
            : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var called = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var port in _sources.Where(source => source.Look is DetectionLook.Webhook).GroupBy(source => ((DetectionLook.Webhook)source.Look).Port))
        {
            WebhookFace face;
            try
            {
                face = await WebhookFace.StartAsync(port.Key, token, port, _desk, _time).ConfigureAwait(false);
            }
            catch (Exception taken) when (taken is IOException or SocketException)
            {
                throw new UsageException(Taken(port.First().Name, port.Key, taken.Message));
            }

            _faces.Add(face);
            foreach (var source in port)
            {
                called[source.Name] = new Uri(face.BaseAddress, "v1/detections/" + Uri.EscapeDataString(source.Name)).ToString();
            }
        }

        if (called.Count > 0)
        {
            _file = Path.Combine(folder, WebhookFile);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new FileStream(_file, options);
            await JsonSerializer.SerializeAsync(file, new { token, urls = called }).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(DetectionSource source, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(source.Every, _time);
        try
        {
            do
            {
                try
                {
                    _desk.Look(source, await AskOnceAsync(source, stop).ConfigureAwait(false), What(source));
                }
                catch (LookException trouble)
                {
                    _desk.Trouble(source, trouble.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The phases are over.
        }
    }

    private Task<bool> AskOnceAsync(DetectionSource source, CancellationToken stop) => source.Look switch
    {
        DetectionLook.Http look => _http.AskAsync(look, stop),
        DetectionLook.Prometheus look => _http.AskAsync(look, stop),
        DetectionLook.Command look => _commands.AskAsync(look, stop),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string What(DetectionSource source) => source.Look switch
    {
        DetectionLook.Http => "answer as stated",
        DetectionLook.Prometheus { Alert: { } alert } => $"alert {alert} fires",
        DetectionLook.Prometheus => "query has a result",
        _ => "command says so",
    };
}
