using System.Diagnostics;
using System.Text;

namespace ChaosBench.Tests.Support;

/// <summary><c>dotnet chaosbench.dll ...</c> in a process of its own, as a shell or a CI step starts it.</summary>
internal sealed class CommandProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly StringBuilder _output = new();

    private CommandProcess(Process process) => _process = process;

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Library => Path.Combine(AppContext.BaseDirectory, "chaosbench.dll");

    /// <summary>The line of a shell script that becomes chaosbench.</summary>
    public static string Script => $"exec '{Host}' '{Library}' \"$@\"";

    public string Error => Text(_error);

    public string Output => Text(_output);

    /// <summary>Waits for what the process does; when it ends first, what it said is the failure.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        await Eventually.TrueAsync(() => _process.HasExited || condition(), what);
        Assert.True(condition(), $"chaosbench ended before {what}: {Error}");
    }

    public static CommandProcess Start(string folder, params string[] arguments) => Start(folder, "", arguments);

    /// <param name="before">Shell commands for the process that becomes chaosbench, such as <c>ulimit -f 16;</c>.</param>
    public static CommandProcess Start(string folder, string before, string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // A background job of a shell ignores SIGINT, and so would all that it starts: these tests, and what they want to interrupt.
        var hear = OperatingSystem.IsLinux() ? "env --default-signal=INT " : "";
        string[] words =
        [
            "-c", $"{before} exec {hear}\"$@\"", "sh",
            Host, Library, .. arguments,
        ];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        var started = new CommandProcess(Process.Start(start)!);
        started._process.ErrorDataReceived += (_, line) => Append(started._error, line.Data);
        started._process.OutputDataReceived += (_, line) => Append(started._output, line.Data);
        started._process.BeginErrorReadLine();
        started._process.BeginOutputReadLine();
        return started;
    }

    /// <summary>Starts, waits, and gives the exit code.</summary>
    public static async Task<int> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return await process.ExitAsync();
    }

    /// <summary>128 + the signal's number when a signal ended it.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        return _process.ExitCode;
    }

    /// <param name="name">INT, TERM or KILL.</param>
    public void Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
