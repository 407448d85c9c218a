using System.ComponentModel;
using System.Diagnostics;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Running.Detections;

/// <summary>Starts a declared command and reads its exit code. What it prints is thrown away; it sees no more of our environment than a started server does.</summary>
internal sealed class CommandLooks(IReadOnlyCollection<string> variables)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>True for exit code 0, false for 1.</returns>
    /// <exception cref="LookException">It did not start, did not end in time, or said something else.</exception>
    public async Task<bool> AskAsync(DetectionLook.Command look, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(look.Words[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var word in look.Words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        SharedVariables.Keep(start, variables);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        using var process = Begin(start);
        try
        {
            process.StandardInput.Close();
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, limit.Token),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token),
                process.WaitForExitAsync(limit.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellation.ThrowIfCancellationRequested();
            throw new LookException(FormattableString.Invariant($"the command did not end within {Patience.TotalSeconds:0} s"));
        }

        return process.ExitCode switch
        {
            0 => true,
            1 => false,
            var other => throw new LookException(FormattableString.Invariant($"the command exits with {other}; 0 is noticed, 1 is not")),
        };
    }

    private static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new LookException($"the command does not start: {problem.Message}");
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }
    }
}
