using System.Diagnostics;
using System.Text;

namespace ChaosBench.Server.Workers;

/// <summary>
/// One worker process that this server started. Signals go to that very process: by a pidfd where the kernel has them, so that a
/// number that was given away meanwhile is never hit.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int LastWordsLimit = 2048;

    private readonly Process _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards _pidfd, _lastWords.
    private readonly Lock _lock = new();
    private readonly StringBuilder _lastWords = new();
    private int _pidfd = -1;

    private WorkerProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        if (OperatingSystem.IsLinux())
        {
            _pidfd = Posix.OpenProcess(process.Id);
            // Not reaped after the open, so the number was still our child's when it was opened.
            if (_pidfd >= 0 && process.HasExited)
            {
                CloseHandle();
            }
        }
    }

    public int Id { get; }

    private bool HasHandle
    {
        get
        {
            lock (_lock)
            {
                return _pidfd >= 0;
            }
        }
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How it ended and the last that it wrote on standard error, on one line.</summary>
    public string Epitaph
    {
        get
        {
            string words;
            lock (_lock)
            {
                words = _lastWords.ToString().ReplaceLineEndings(" ").Trim();
            }

            var end = _ended.Task.IsCompleted ? FormattableString.Invariant($"exit code {_process.ExitCode}") : "still ending";
            return words.Length == 0 ? end : $"{end}: {words}";
        }
    }

    /// <summary>The kernel holds the process still. False when it has ended or cannot be looked at.</summary>
    public bool IsStopped
    {
        get
        {
            try
            {
                // The state is the first letter after the name, which stands in parentheses and may hold anything.
                var stat = File.ReadAllText(FormattableString.Invariant($"/proc/{Id}/stat"));
                return !_ended.Task.IsCompleted && stat.AsSpan(stat.LastIndexOf(')') + 2)[0] is 'T' or 't';
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <exception cref="Models.ModelLoadException">The worker's program is not there or does not start.</exception>
    public static async Task<WorkerProcess> StartAsync() => await WorkerLauncher.RunAsync(Start).ConfigureAwait(false);

    /// <exception cref="NotSupportedException">This system cannot stop exactly the process that was started.</exception>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public void Freeze()
    {
        if (Signal(Posix.SigStop))
        {
            return;
        }

        throw _ended.Task.IsCompleted || HasHandle
            ? new InvalidOperationException("there is no worker to freeze: it was lost before")
            : new NotSupportedException("a worker cannot be frozen here: this system has no pidfd (Linux 5.3 or later)");
    }

    /// <summary>Harmless when the process is not frozen, or has ended.</summary>
    public void Resume() => Signal(Posix.SigContinue);

    /// <summary>Ends the process at once, also a stopped one. Does not wait; harmless when it has ended.</summary>
    public void Kill()
    {
        if (Signal(Posix.SigKill))
        {
            return;
        }

        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    public void Dispose()
    {
        CloseHandle();
        Output.Dispose();
        _process.Dispose();
    }

    private static WorkerProcess Start()
    {
        var process = new Process { StartInfo = WorkerProgram.StartInfo(), EnableRaisingEvents = true };
        process.Start();
        var worker = new WorkerProcess(process);
        process.Exited += (_, _) => worker._ended.TrySetResult();
        if (process.HasExited)
        {
            worker._ended.TrySetResult();
        }

        new Thread(worker.ListenToErrors) { IsBackground = true, Name = "worker errors" }.Start();
        return worker;
    }

    /// <summary>False when the process has ended, or when there is no handle to it.</summary>
    private bool Signal(int signal)
    {
        lock (_lock)
        {
            return OperatingSystem.IsLinux() && _pidfd >= 0 && Posix.Signal(_pidfd, signal);
        }
    }

    private void CloseHandle()
    {
        lock (_lock)
        {
            if (_pidfd >= 0)
            {
                _ = Posix.Close(_pidfd);
                _pidfd = -1;
            }
        }
    }

    /// <summary>Keeps the end of what the worker writes; reading on keeps it from blocking.</summary>
    private void ListenToErrors()
    {
        var buffer = new char[1024];
        try
        {
            while (_process.StandardError.Read(buffer) is > 0 and var read)
            {
                lock (_lock)
                {
                    _lastWords.Append(buffer, 0, read);
                    _lastWords.Remove(0, Math.Max(0, _lastWords.Length - LastWordsLimit));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed while reading.
        }
    }
}
