using System.Security.Cryptography;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Harness.Recording;

/// <summary>
/// The trace while it grows, in <c>FILE.recording</c>: one write for each request, so that what a killed process leaves reads to its last
/// line. In the end it is put in order of time and appears as <c>FILE</c>, whole.
/// </summary>
internal sealed class TraceFileWriter : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _output;
    private readonly Lock _guard = new(); // guards the file and the count
    private readonly FileStream _file;
    private readonly NativeTrace _trace;
    private readonly (long Requests, long Bytes) _limits;
    private long _requests;
    private bool _isOver;

    private TraceFileWriter(string output, FileStream file, (long Requests, long Bytes) limits)
    {
        (_output, _file, _limits) = (output, file, limits);
        _trace = new NativeTrace(file, "record", blockTokens: null);
    }

    public string Growing => _file.Name;

    /// <summary>Why nothing more is written. Null: it is.</summary>
    public string? Full { get; private set; }

    /// <summary>It was the disk's doing.</summary>
    public bool IsBroken { get; private set; }

    /// <exception cref="UsageException">The file is there, or was left by a recording that was killed, or cannot be made.</exception>
    public static TraceFileWriter Create(string output, (long Requests, long Bytes) limits)
    {
        var growing = output + ".recording";
        if (Path.Exists(output))
        {
            throw new UsageException($"--out {output}: is there already; name another file, or remove it.");
        }

        if (Path.Exists(growing))
        {
            throw new UsageException($"{growing}: left by a recording that was killed, or that still lives. What it holds can be read as it is: "
                + $"chaosbench import chaosbench {growing} --out {output}. Then remove it.");
        }

        try
        {
            return new TraceFileWriter(output, Open(growing), limits);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out {output}: cannot be written ({problem.Message}); name a file in a folder that you may write to.");
        }
    }

    /// <returns>False: the recording is full.</returns>
    public bool Write(TraceRecord record)
    {
        lock (_guard)
        {
            if (_isOver || Full is not null)
            {
                return false;
            }

            try
            {
                _trace.Write(record);
                _requests++;
            }
            catch (IOException problem)
            {
                IsBroken = true;
                Full = $"the trace cannot be written any more: {problem.Message}";
                return false;
            }

            Full = _requests >= _limits.Requests ? FormattableString.Invariant($"{_limits.Requests} requests are recorded")
                : _file.Length >= _limits.Bytes ? FormattableString.Invariant($"the trace has {_limits.Bytes} bytes")
                : null;
            return true;
        }
    }

    /// <returns>What the file holds; null: nothing was recorded, and there is no file.</returns>
    /// <exception cref="PromptException">It cannot be finished; what was recorded is left where it grew.</exception>
    public TracePreview? Finish()
    {
        lock (_guard)
        {
            _isOver = true;
            _trace.Dispose();
            _file.Dispose();
            if (_requests == 0)
            {
                File.Delete(Growing);
                return null;
            }
        }

        var partial = _output + ".partial";
        try
        {
            TracePreview preview;
            File.Delete(partial);
            using (var pass = TracePass.Open(Growing, TraceFormats.Find("chaosbench"), Options))
            using (var file = Open(partial))
            using (var sorted = new NativeTrace(file, "record", blockTokens: null))
            {
                foreach (var record in pass.Rows())
                {
                    sorted.Write(record);
                }

                preview = pass.Finish();
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, _output);
            File.Delete(Growing);

            // Of the file in order, and not of the one that grew.
            using var whole = File.OpenRead(_output);
            return preview with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(whole)) };
        }
        catch (PromptException problem)
        {
            throw new PromptException($"{problem.Message}; what was recorded is in {Growing}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PromptException($"{_output}: cannot be written ({problem.Message}); what was recorded is in {Growing}", problem);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Times are our own, and need no check of their unit.</summary>
    private static TraceOptions Options => new()
    {
        Files = new PromptFiles(Directory.GetCurrentDirectory()), Trust = true, Sessions = new Share(1), Seed = 1,
    };

    /// <summary>Prompts are nobody else's business. Without a buffer: what is written is with the system.</summary>
    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
