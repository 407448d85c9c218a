using System.Collections.Concurrent;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Workers;

/// <summary>One worker process from start to death: its pipes, what is outstanding on it, its heartbeat.</summary>
/// <param name="ended">Called once, before the outstanding requests end.</param>
internal sealed class WorkerLife(WorkerSpec spec, TimeProvider time, Action<WorkerLife> ended) : ILife
{
    private readonly ConcurrentDictionary<uint, WorkerRequest> _open = new();
    private readonly WorkerEncodings _encodings = new(spec.Start.Index);
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

    private readonly Heartbeat _heartbeat = new(spec.MissedBeats);
    private uint _lastNumber;

    // Closed while the worker is partitioned from here.
    private readonly ManualResetEventSlim _path = new(true);

    public int Outstanding => _open.Count + _encodings.Count;

    /// <summary>It answered its last heartbeats, and its batch loop moves.</summary>
    public bool Responsive => _heartbeat.Responsive;

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
        if (!Responsive)
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

    /// <exception cref="OperationCanceledException">The caller gave up; the worker computes the batch to its end.</exception>
    public async Task<EncoderResult> EncodeAsync(IReadOnlyList<int[]> rows, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var answer = _encodings.Add(number);
        _writer!.Post(FrameKind.Encode, number, WorkerMessages.Json(rows));
        if (_isOver || !Responsive)
        {
            // Nobody reads any more, or not in time; who looks for the outstanding may have looked before this one was there.
            _encodings.End(number, EncoderResult.Lost(Index));
        }

        try
        {
            return await answer.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _encodings.End(number, EncoderResult.Cancelled);
        }
    }

    /// <summary>Ends the process, without waiting. The end of the pipe does the rest.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _killed = true;
            _process?.Kill();
            _writer?.Hold(false);
            _path.Set();
        }
    }

    public void Freeze() => (_process ?? throw new InvalidOperationException("the worker is not running yet")).Freeze();

    public void Resume() => _process?.Resume();

    /// <summary>Cut, both directions are held; mended, what was held arrives. A life that ends is never held.</summary>
    public void Partition(bool cut)
    {
        lock (_lock)
        {
            _writer?.Hold(cut && !_killed);
            if (cut && !_killed)
            {
                _path.Reset();
            }
            else
            {
                _path.Set();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await Over.ConfigureAwait(false);
        _stopping.Dispose();
        _path.Dispose();
    }

    private void Read()
    {
        var reason = "its pipe ended";
        try
        {
            using var reader = new FrameReader(_process!.Output);
            while (reader.Read())
            {
                _path.Wait();
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
                Pass(reader.Request, open => open.Tokens(count, text));
                break;
            case FrameKind.LogProb:
                var logProb = WorkerMessages.Read<TokenLogProb>(reader.Payload);
                Pass(reader.Request, open => open.LogProb(logProb));
                break;
            case FrameKind.Ended:
                var result = WorkerMessages.Read<GenerationResult>(reader.Payload);
                End(reader.Request, request => request.End(result));
                break;
            case FrameKind.Encoded:
                _encodings.End(reader.Request, WorkerMessages.Read<EncoderResult>(reader.Payload));
                break;
            case FrameKind.Pong:
                _heartbeat.Answered(moves: reader.Payload is [1]);
                if (!Responsive)
                {
                    GiveUpUnstreamed();
                }

                break;
            default:
                throw new InvalidDataException($"{reader.Kind} is not for a server");
        }
    }

    /// <param name="to">False when the receiver failed.</param>
    private void Pass(uint number, Func<WorkerRequest, bool> to)
    {
        if (_open.TryGetValue(number, out var open) && !to(open))
        {
            Cancel(number);
        }
    }

    private async Task BeatAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                {
                    switch (_heartbeat.Next())
                    {
                        case Beat.Ask:
                            _writer!.Post(FrameKind.Ping);
                            break;
                        case Beat.Silent:
                            // On every further beat again: a request may have come in while the last one looked.
                            GiveUpUnstreamed();
                            break;
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
        _encodings.LoseAll();
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
        // First, so that whoever finds a request lost finds the replica lost too, and not merely silent.
        ended(this);
        _isOver = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        // It may still be there with its pipe closed.
        _process!.Kill();
        _encodings.LoseAll();
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
