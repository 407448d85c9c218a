using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary>Reads the file of waivers that the operator named.</summary>
internal static class WaiverLoading
{
    private const long MostBytes = 1 << 20;

    /// <exception cref="UsageException">A file that cannot be read, or every problem in it; one that has expired is a problem.</exception>
    public static IReadOnlyList<Waiver> Load(FileInfo? file, Suite suite, Terminal terminal, TimeProvider time)
    {
        if (file is null)
        {
            return [];
        }

        var (waivers, problems) = WaiverFile.Read(file.ToString(), Bytes(file), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        if (problems.Count > 0)
        {
            throw new UsageException([.. problems.Select(problem => problem.ToString())]);
        }

        // A file of waivers may serve several scenario files; what it means here is said, a slip of the pen is seen.
        foreach (var waiver in waivers.Where(waiver => !suite.Scenarios.Any(scenario => scenario.Gates.Any(gate => waiver.Covers(scenario.Name, gate.Text)))))
        {
            terminal.Error.WriteLine($"{Printable.Line(file.ToString())}: the waiver of '{Printable.Line(waiver.Gate)}' is about no gate of this run.");
        }

        return waivers;
    }

    private static byte[] Bytes(FileInfo file)
    {
        try
        {
            return file.Length <= MostBytes ? File.ReadAllBytes(file.FullName)
                : throw new UsageException($"{file}: larger than {MostBytes} bytes; a file of waivers is not.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: cannot be read ({exception.Message}); name a file of waivers.");
        }
    }
}
