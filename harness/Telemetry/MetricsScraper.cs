using System.Buffers;
using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Telemetry;

/// <summary>
/// Reads the servers' pages of metrics while a run goes on, each at its own pace. A page that is slow is asked again when it has answered or
/// given up, never twice at a time; one that is down or hostile is a note, the first of its kind, and no more.
/// </summary>
internal sealed class MetricsScraper : IDisposable
{
    private const int MostTroubles = 5;

    /// <summary>Longest wait for one page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<MetricsSource> _sources;
    private readonly IJournalWriter _journal;
    private readonly RunClock _clock;
    private readonly TimeProvider _time;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect could lead to a host that nobody allowed
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
        MaxConnectionsPerServer = 1,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public MetricsScraper(IReadOnlyList<MetricsSource> sources, IJournalWriter journal, RunClock clock, TimeProvider time) =>
        (_sources, _journal, _clock, _time) = (sources, journal, clock, time);

    public void Dispose() => _client.Dispose();

    /// <summary>Asks every page until <paramref name="stop"/>.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(_sources.Select(source => Task.Run(() => ReadAsync(source, stop), CancellationToken.None)));

    private async Task ReadAsync(MetricsSource source, CancellationToken stop)
    {
        var selection = new MetricsSelection(source.Keep);
        var troubles = new HashSet<string>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(source.Every, _time);
        try
        {
            do
            {
                if (await LookAsync(source, selection, stop).ConfigureAwait(false) is { } trouble && troubles.Count < MostTroubles && troubles.Add(trouble))
                {
                    _journal.Write(new JournalEvent.Note
                    {
                        At = _clock.Now, Text = Printable.Line($"metrics of '{source.Name}' could not be read: {trouble}", 300),
                    });
                }
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The phases are over.
        }
    }

    /// <returns>What went wrong, in words of ours; null: nothing.</returns>
    private async Task<string?> LookAsync(MetricsSource source, MetricsSelection selection, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        var began = _clock.Now;
        var buffer = ArrayPool<byte>.Shared.Rent(MetricsText.MaxBytes + 1);
        try
        {
            var (read, trouble) = await GetAsync(source.Url, buffer, limit.Token).ConfigureAwait(false);
            if (trouble is not null)
            {
                return trouble;
            }

            var at = _clock.Now;
            var (values, histograms) = selection.Read(buffer.AsSpan(0, read));
            if (values.Count + histograms.Count == 0)
            {
                return source.Keep.Count == 0 ? "none of the metrics that ChaosBench knows is on the page; name some with keep:" : "none of the metrics under keep: is on the page";
            }

            _journal.Write(new JournalEvent.ServerSample { At = at, Source = source.Name, Took = at - began, Values = values, Histograms = histograms });
            return null;
        }
        catch (MetricsTextException flaw)
        {
            return $"it is no page of metrics: {flaw.Message}";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return FormattableString.Invariant($"no whole reply within {Patience.TotalSeconds:0} s");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return problem is HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown } ? $"the request failed ({error})" : "the reply broke off";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<(int Read, string? Trouble)> GetAsync(string url, byte[] buffer, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        using var reply = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if ((int)reply.StatusCode != 200)
        {
            return (0, FormattableString.Invariant($"the server answered {(int)reply.StatusCode}"));
        }

        using var stream = await reply.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, MetricsText.MaxBytes + 1), MetricsText.MaxBytes + 1, throwOnEndOfStream: false, cancellation)
            .ConfigureAwait(false);
        return read <= MetricsText.MaxBytes ? (read, null) : (0, $"its page is longer than {MetricsText.MaxBytes >> 20} MiB");
    }
}
