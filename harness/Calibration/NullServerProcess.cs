using System.Diagnostics;
using ChaosBench.Engine.Targets;

namespace ChaosBench.Harness.Calibrating;

/// <summary>The null servers in a process of their own, so that they do not share a runtime with what is measured.</summary>
internal sealed class NullServerProcess : IDisposable
{
    /// <summary>The hidden verb of <c>chaosbench</c>; not for people.</summary>
    public const string Verb = "null-server";

    public const int Tokens = 256;

    private readonly Process _process;

    private NullServerProcess(Process process, Uri brief, Uri long_) => (_process, Brief, Long) = (process, brief, long_);

    /// <summary>Answers with two tokens.</summary>
    public Uri Brief { get; }

    /// <summary>Answers with <see cref="Tokens"/>.</summary>
    public Uri Long { get; }

    /// <summary>The child's side: says its addresses, serves until standard input ends.</summary>
    public static async Task<int> ServeAsync(TextReader input, TextWriter output)
    {
        await using var brief = new NullServer();
        await using var lengthy = new NullServer(Tokens);
        await output.WriteLineAsync($"{brief.Url} {lengthy.Url}").ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        await input.ReadToEndAsync().ConfigureAwait(false);
        return 0;
    }

    public static async Task<NullServerProcess> StartAsync(CancellationToken cancellation)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("this process does not know its own program");
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (System.IO.Path.GetFileNameWithoutExtension(self) != "chaosbench")
        {
            // Run as 'dotnet chaosbench.dll'.
            start.ArgumentList.Add(System.IO.Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"));
        }

        start.ArgumentList.Add(Verb);
        var process = Process.Start(start) ?? throw new InvalidOperationException("the null server did not start");
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false);
            return line?.Split(' ') is [var brief, var lengthy]
                ? new NullServerProcess(process, new Uri(brief), new Uri(lengthy))
                : throw new InvalidOperationException($"the null server said '{line}' instead of its addresses");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // The end of its input is the end of it.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
