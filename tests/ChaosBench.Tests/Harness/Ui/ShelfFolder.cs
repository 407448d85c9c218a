using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Reports;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>A folder of finished runs, made in a moment.</summary>
internal sealed class ShelfFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Path => _folder.Path;

    public async Task<string> AddAsync(string name, double ttft = 0.1, string scenario = "steady", int minutes = 0, string? note = null)
    {
        var folder = await OpenAsync(name, ttft, scenario, minutes, note);
        RunFolder.Rebuild(folder);
        return folder;
    }

    /// <summary>A run that has written its journal and no summary.</summary>
    public async Task<string> OpenAsync(string name, double ttft = 0.1, string scenario = "steady", int minutes = 0, string? note = null)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        var manifest = Some.Manifest(scenario);
        RunFiles.WriteManifest(folder, manifest with { StartedUtc = manifest.StartedUtc.AddMinutes(minutes) });
        await using var journal = JournalWriter.Create(folder, TimeProvider.System);
        journal.Write(Some.Run());
        if (note is not null)
        {
            journal.Write(new JournalEvent.Note { At = 1_500_000_000, Text = note });
        }

        foreach (var entry in Some.Requests(600, (number, at) => Some.Request(number, at, ttft: ttft * (1 + (0.01 * (number * 7 % 13))))))
        {
            journal.Write(entry);
        }

        journal.Write(Some.End());
        return folder;
    }

    public string File(string run, string name) => System.IO.Path.Combine(Path, run, name);

    public void Dispose() => _folder.Dispose();
}
