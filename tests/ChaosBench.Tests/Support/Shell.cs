using System.Diagnostics;

namespace ChaosBench.Tests.Support;

/// <summary>Commands of a shell, as a page of the documentation shows them.</summary>
internal static class Shell
{
    /// <param name="limit">Left out: <see cref="Eventually.Patience"/>. What takes longer is killed with all that it started.</param>
    /// <param name="environment">Set on top of this process's own; a null value takes a variable away.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string folder, string command, TimeSpan? limit = null, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await Task.WhenAll(process.WaitForExitAsync(), output, error).WaitAsync(limit ?? Eventually.Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' took longer than {limit ?? Eventually.Patience}");
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>The same for a command that must succeed.</summary>
    /// <returns>What it wrote to its standard output, without the last line end.</returns>
    public static async Task<string> DoAsync(string folder, string command, params (string Name, string? Value)[] environment)
    {
        var (code, output, error) = await RunAsync(folder, command, null, environment);
        Assert.True(code == 0, $"{command}: exit {code}: {output}{error}");
        return output.TrimEnd('\n');
    }
}
