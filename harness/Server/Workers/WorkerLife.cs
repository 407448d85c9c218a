using System.Collections.Concurrent;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Workers;

/// <summary>One worker process from start to death: its pipes, what is outstanding on it, its heartbeat.</summary>
/// <param name="ended">Called once, before the outstanding requests end.</param>
internal sealed class WorkerLife(WorkerSpec spec, TimeProvider time, Action<WorkerLife> ended) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<uint, WorkerRequest> _open = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();

    // Guards _process and _killed: a kill may come while the process is being started.
    private readonly Lock _lock = new();
    private WorkerProcess? _process;
    private FrameWriter? _writer;
    private bool _killed;
    private volatile bool _isOver;

    // Written and read on the reader's thread, then by the end that it starts.
    private ModelLoadException? _refusal;

    private volatile bool _responsive = true;
    private int _missed;
    private uint _lastNumber;

    public int Outstanding => _open.Count;

    /// <summary>It answered its last heartbeats.</summary>
    public bool Responsive => _responsive;

    public bool IsFrozen => _process?.IsStopped ?? false;

    /// <summary>Id of the process; null before it runs.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Completes when the process has ended and nothing is outstanding.</summary>
    public Task Over => _over.Task;

    private int Index => spec.Start.Index;

    /// <summary>Completes when the worker has loaded the model, or was killed before.</summary>
    public async Task StartAsync()
    {
        WorkerProcess process;
        try
        {
            process = await WorkerProcess.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            _over.SetResult();
            ended(this);
            throw;
        }

        lock (_lock)
        {
            _process = process;
            _writer = new FrameWriter(process.Input, $"worker {Index} requests");
            if (_killed)
            {
                process.Kill();
            }
        }

        _writer.Post(FrameKind.Start, payload: WorkerMessages.Json(spec.Start));
        new Thread(Read) { IsBackground = true, Name = $"worker {Index}" }.Start();
        await _ready.Task.ConfigureAwait(false);
    }

    public async Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> prompt, IGenerationSink sink, CancellationToken cancellation)
    {
        var open = new WorkerRequest(request, prompt.Count, Index, sink);
        if (!_responsive)
        {
            Lose(open);
            return await open.Result.ConfigureAwait(false);
        }

        var number = Interlocked.Increment(ref _lastNumber);
        _open[number] = open;
        _writer!.PostGenerate(number, request, [.. prompt]);
        if (_isOver)
        {
            // Nobody reads any more; the end of the life may have looked before this one was there.
            End(number, lost => Lose(lost));
        }

        using (cancellation.Register(() => Cancel(number)))
        {
            return await open.Result.ConfigureAwait(false);
        }
    }

    /// <summary>Ends the process, without waiting. The end of the pipe does the rest.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _killed = true;
            _process?.Kill();
        }
    }

    public void Freeze() => (_process ?? throw new InvalidOperationException("the worker is not running yet")).Freeze();

    public void Resume() => _process?.Resume();

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Over.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Read()
    {
        var reason = "its pipe ended";
        try
        {
            using var reader = new FrameReader(_process!.Output);
            while (reader.Read())
            {
                Take(reader);
            }
        }
        catch (Exception e)
        {
            // The thread's last stop: whatever a worker sends, it costs this worker and not the server.
            reason = e.Message;
        }

        _ = EndAsync(reason);
    }

    private void Take(FrameReader reader)
    {
        switch (reader.Kind)
        {
            case FrameKind.Ready:
                _ = BeatAsync(new PeriodicTimer(spec.Beat, time));
                _ready.TrySetResult();
                break;
            case FrameKind.LoadFailed:
                _refusal = WorkerMessages.Read<WorkerRefusal>(reader.Payload).ToException();
                break;
            case FrameKind.Tokens:
                var (count, text) = WorkerMessages.ReadTokens(reader.Payload);
                if (_open.TryGetValue(reader.Request, out var open) && !open.Tokens(count, text))
                {
                    Cancel(reader.Request);
                }

                break;
            case FrameKind.Ended:
                var result = WorkerMessages.Read<GenerationResult>(reader.Payload);
                End(reader.Request, request => request.End(result));
                break;
            case FrameKind.Pong:
                Volatile.Write(ref _missed, 0);
                _responsive = true;
                break;
            default:
                throw new InvalidDataException($"{reader.Kind} is not for a server");
        }
    }

    /// <summary>
    /// Counts ticks without an answer instead of time: when this process itself stood still, nothing is held against the worker.
    /// One ping is on its way at most, so that a frozen worker's pipe does not fill.
    /// </summary>
    private async Task BeatAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                {
                    if (Interlocked.Increment(ref _missed) == 1)
                    {
                        _writer!.Post(FrameKind.Ping);
                    }
                    else if (Volatile.Read(ref _missed) > spec.MissedBeats)
                    {
                        // On every further tick again: a request may have come in while the last one looked.
                        _responsive = false;
                        GiveUpUnstreamed();
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The life is over.
            }
        }
    }

    /// <summary>What has streamed nothing can start anew elsewhere; the rest waits for the worker or for its own time limit.</summary>
    private void GiveUpUnstreamed()
    {
        foreach (var (number, open) in _open)
        {
            if (!open.HasStreamed)
            {
                End(number, lost => Lose(lost));
                _writer!.Post(FrameKind.Cancel, number);
            }
        }
    }

    private void Cancel(uint number)
    {
        End(number, request => request.Cancel());
        _writer!.Post(FrameKind.Cancel, number);
    }

    private void End(uint number, Action<WorkerRequest> how)
    {
        if (_open.TryRemove(number, out var open))
        {
            how(open);
        }
    }

    private void Lose(WorkerRequest request, string? why = null) => request.End(
        GenerationStatus.ReplicaLost,
        why is null ? $"the worker of replica {Index} does not answer" : $"the worker of replica {Index} was lost ({why})");

    private async Task EndAsync(string reason)
    {
        _isOver = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        // It may still be there with its pipe closed.
        _process!.Kill();
        ended(this);
        foreach (var number in _open.Keys)
        {
            End(number, lost => Lose(lost, reason));
        }

        await _process.Ended.ConfigureAwait(false);
        if (!TryEndKilledStart())
        {
            _ready.TrySetException(_refusal ?? new ModelLoadException(
                spec.Start.Model, $"the worker of replica {Index} ended before it served ({_process.Epitaph})"));
        }

        _writer!.Dispose();
        _process.Dispose();
        _over.SetResult();
    }

    /// <summary>A start that was killed from this side completes, as the replica's contract says.</summary>
    private bool TryEndKilledStart()
    {
        lock (_lock)
        {
            return _killed && _ready.TrySetResult();
        }
    }
}
