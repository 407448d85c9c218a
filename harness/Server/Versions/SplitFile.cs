using System.Text;

namespace ChaosBench.Server.Versions;

/// <summary>
/// The flag that moves traffic between versions while they serve: a file with a split, looked at four times a second. A look instead
/// of a notification also sees files that are replaced by a link, as mounted configuration is, and those on network drives.
/// </summary>
public sealed class SplitFile : IAsyncDisposable
{
    /// <summary>Bytes; a split takes a dozen.</summary>
    private const int Largest = 1_024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly string _path;
    private readonly VersionSet _versions;
    private readonly Action<string> _tell;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private string? _problem;
    private bool _told;

    /// <param name="tell">Told of every change and of every problem once, in one line. Called on the watching thread.</param>
    public SplitFile(string path, VersionSet versions, TimeProvider time, Action<string> tell)
    {
        _path = path;
        _versions = versions;
        _tell = tell;
        _watching = WatchAsync(new PeriodicTimer(Interval, time));
    }

    /// <summary>The split, or what is wrong with the file: place, problem, remedy.</summary>
    public static (TrafficSplit? Split, string? Problem) Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[Largest + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var split = length <= Largest ? TrafficSplit.Parse(Encoding.UTF8.GetString(buffer, 0, length)) : null;
            return (split, split is null ? $"{path}: is not a traffic split; write {TrafficSplit.Form}" : null);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"{path}: is missing; write {TrafficSplit.Form} into it");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path}: cannot be read ({problem.Message}); write {TrafficSplit.Form} into it");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task WatchAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                {
                    Look();
                }
            }
            catch (OperationCanceledException)
            {
                // The server stops.
            }
        }
    }

    private void Look()
    {
        var (split, problem) = Read(_path);
        if (split is null)
        {
            Refuse(problem!);
            return;
        }

        (_problem, _told) = (null, false);
        var before = _versions.Split;
        var mended = _versions.SplitIsRefused;
        _versions.SplitIsRefused = false;
        if (split != before)
        {
            _versions.ChangeSplit(split);
            _tell($"traffic split is now {split} (was {before})");
        }
        else if (mended)
        {
            _tell($"{_path}: is readable again; the traffic split is {split}");
        }
    }

    /// <summary>Counts when it is seen twice in a row: once may be a file that is being written.</summary>
    private void Refuse(string problem)
    {
        if (problem != _problem)
        {
            (_problem, _told) = (problem, false);
        }
        else if (!_told)
        {
            _told = true;
            _versions.SplitIsRefused = true;
            _tell($"{problem}; the traffic split stays {_versions.Split}");
        }
    }
}
