using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Reports;

namespace ChaosBench.Tests.Support;

/// <summary>Run folders without a run: 600 requests by hand, judged and reported like any other.</summary>
internal static class MadeRun
{
    /// <param name="ttft">Seconds, of the fastest request.</param>
    /// <param name="gate">As of <see cref="Some.Gate"/>.</param>
    /// <param name="ends">False: as a run that was killed.</param>
    /// <returns>Path of the run folder.</returns>
    public static async Task<string> WriteAsync(
        string runs, string name, double ttft = 0.1, string gate = "p50 ttft < 1", string scenario = "steady", bool ends = true)
    {
        var folder = Directory.CreateDirectory(Path.Combine(runs, name)).FullName;
        RunFiles.WriteManifest(folder, Some.Manifest(scenario));
        await using (var journal = JournalWriter.Create(folder, TimeProvider.System))
        {
            journal.Write(Some.Run(gate) with { Scenario = scenario });
            foreach (var entry in Some.Requests(600, (number, at) => Some.Request(number, at, ttft: ttft * (1 + (0.01 * (number * 7 % 13))))))
            {
                journal.Write(entry);
            }

            if (ends)
            {
                journal.Write(Some.End());
            }
        }

        RunFolder.Rebuild(folder);
        return folder;
    }
}
