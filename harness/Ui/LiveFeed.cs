using System.Text.Json;
using ChaosBench.Engine;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// What pages know of the runs of this process. Fed by the one-second progress that the terminal gets too, and serialised once for all
/// pages; a page reads on from where it was. A page that is slow or stuck holds nothing up: it has no queue here, only a place in this
/// one bounded history.
/// <code>
/// progress, once a second -> one frame of bytes -> the last hour of them  &lt;- cursor of each page
/// </code>
/// </summary>
internal sealed class LiveFeed(IRunWatcher inner) : IRunWatcher
{
    /// <summary>An hour.</summary>
    public const int MostFrames = 3_600;

    public const int MostLines = 200;

    private readonly Lock _guard = new(); // guards all below
    private readonly Queue<byte[]> _frames = new();
    private readonly Queue<byte[]> _lines = new();
    private TaskCompletionSource _changed = New();
    private int _run;
    private byte[]? _start;
    private byte[]? _end;
    private long _framesGone;
    private long _linesGone;
    private LiveMeter? _meter;

    public string? Prompt
    {
        get => inner.Prompt;
        set => inner.Prompt = value;
    }

    public void Started(Plan plan, string folder)
    {
        inner.Started(plan, folder);
        lock (_guard)
        {
            _run++;
            _meter = new LiveMeter(plan);
            _start = Bytes(LiveStart.Of(plan, folder));
            _end = null;
            _frames.Clear();
            _lines.Clear();
            (_framesGone, _linesGone) = (0, 0);
        }

        Tell();
    }

    public void Report(RunProgress value)
    {
        inner.Report(value);
        lock (_guard)
        {
            if (_meter is not { } meter)
            {
                return;
            }

            _framesGone += Keep(_frames, Bytes(meter.Read(value)), MostFrames);
        }

        Tell();
    }

    public void Tell(string line)
    {
        inner.Tell(line);
        lock (_guard)
        {
            _linesGone += Keep(_lines, Bytes(Printable.Line(line, 1_000)), MostLines);
        }

        Tell();
    }

    public void Ended(Summary summary, string folder)
    {
        inner.Ended(summary, folder);
        lock (_guard)
        {
            _end = Bytes(LiveEnd.Of(summary, folder));
        }

        Tell();
    }

    /// <summary>All that a page has not seen yet, and a task that ends when there is more.</summary>
    public (LiveNews News, LiveCursor Next, Task Changed) Read(LiveCursor from)
    {
        lock (_guard)
        {
            var at = from.Run == _run ? from : new LiveCursor(_run, 0, 0, false);
            var frames = _frames.Skip((int)Math.Max(0, at.Frame - _framesGone)).ToList();
            var lines = _lines.Skip((int)Math.Max(0, at.Line - _linesGone)).ToList();
            var news = new LiveNews(from.Run == _run ? null : _start, frames, lines, at.Ended ? null : _end);
            return (news, new LiveCursor(_run, _framesGone + _frames.Count, _linesGone + _lines.Count, _end is not null), _changed.Task);
        }
    }

    /// <returns>How many had to go.</returns>
    private static int Keep(Queue<byte[]> kept, byte[] one, int most)
    {
        kept.Enqueue(one);
        return kept.Count > most && kept.TryDequeue(out _) ? 1 : 0;
    }

    private void Tell()
    {
        TaskCompletionSource before;
        lock (_guard)
        {
            (before, _changed) = (_changed, New());
        }

        before.TrySetResult();
    }

    /// <summary>Pages wake on threads of their own, never on the one that reports.</summary>
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, UiReply.Json);
}

/// <summary>How much a page has seen of a run.</summary>
/// <param name="Run">Number of the run in this process, from 1; 0: nothing was seen.</param>
internal readonly record struct LiveCursor(int Run, long Frame, long Line, bool Ended);

/// <summary>JSON of one page's next step. Null: not new.</summary>
internal sealed record LiveNews(byte[]? Start, IReadOnlyList<byte[]> Frames, IReadOnlyList<byte[]> Lines, byte[]? End);
