using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly DateTimeOffset Started = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly string _parent = Directory.CreateTempSubdirectory("chaosbench-runs").FullName;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Create_Twice_MakesTwoPrivateFoldersAndLinksTheLatest()
    {
        var first = RunFolder.Create(_parent, Started, "a/../b c", 42);
        var second = RunFolder.Create(_parent, Started, "a/../b c", 42);

        Assert.Equal("20261120T120000Z-a----b-c-42", Path.GetFileName(first));
        Assert.Equal("20261120T120000Z-a----b-c-42-2", Path.GetFileName(second));
        Assert.Equal(Path.GetFileName(second), new DirectoryInfo(Path.Combine(_parent, "latest")).LinkTarget);
        Assert.True(OperatingSystem.IsWindows() || (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
            == File.GetUnixFileMode(first));
    }

    [Fact]
    public void Create_ParentIsAFile_SaysWhereAndWhatToDo()
    {
        var file = Path.Combine(_parent, "file");
        File.WriteAllText(file, "");

        Assert.Contains("--out", Assert.Throws<JournalException>(() => RunFolder.Create(file, Started, "x", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_Twice_GivesTheSameBytesAndEveryFile()
    {
        var folder = await RunAsync(Some.Broken());

        var run = RunFolder.Rebuild(folder);
        var once = Files(folder);
        RunFolder.Rebuild(folder);

        Assert.Equal(RunVerdict.Pass, run.Summary.Verdict);
        Assert.Equal(
            ["journal.jsonl.gz", "junit.xml", "manifest.json", "postmortem.md", "report.html", "report.md", "summary.json"], once.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(once, Files(folder));
        Assert.Equal(RunFiles.ToJson(run.Summary), RunFiles.ToJson(RunFiles.ReadSummary(folder)));
    }

    [Fact]
    public async Task Rebuild_JournalOfAKilledRun_SaysSoInEveryReport()
    {
        var folder = await RunAsync([]);
        using (var reader = JournalFile.Open(folder))
        {
            var half = reader.Events().Take(100).SelectMany(entry => JournalFile.ToLine(entry).Append((byte)'\n')).SkipLast(9).ToArray();
            File.WriteAllBytes(Path.Combine(folder, JournalFile.Name), half);
        }

        var run = RunFolder.Rebuild(folder);

        Assert.Equal((RunVerdict.Error, 3), (run.Summary.Verdict, run.Summary.ExitCode));
        Assert.Contains("middle of a line", run.Summary.Reasons[0], StringComparison.Ordinal);
        Assert.Equal(98, run.Summary.Counts["arrivals"]);
    }

    [Fact]
    public void ReadManifest_NewerSchema_IsRefusedWithThatSentence()
    {
        RunFiles.WriteManifest(_parent, Some.Manifest("steady") with { Schema = 2 });

        var told = Assert.Throws<JournalException>(() => RunFiles.ReadManifest(_parent));

        Assert.Contains("has schema 2 and this chaosbench reads up to 1; use a newer chaosbench", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\":1}")]
    [InlineData("{\"schema\":\"one\"}")]
    public void ReadManifest_NotOurs_NamesTheFile(string text)
    {
        File.WriteAllText(Path.Combine(_parent, "manifest.json"), text);

        Assert.Contains("manifest.json: not a file of ours", Assert.Throws<JournalException>(() => RunFiles.ReadManifest(_parent)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadManifest_WhatWasWritten_ComesBack()
    {
        var manifest = Some.Manifest("steady", "warn") with
        {
            ResolvedScenario = JsonDocument.Parse("""{"url":"${STAGING_URL}"}""").RootElement.Clone(), Commit = "abc", Seed = ulong.MaxValue,
        };
        RunFiles.WriteManifest(_parent, manifest);

        Assert.Equal(RunFiles.ToJson(manifest), RunFiles.ToJson(RunFiles.ReadManifest(_parent)));
    }

    private async Task<string> RunAsync(IEnumerable<JournalEvent> broken)
    {
        var run = Some.Run("error_rate <= 1%") with { Faults = broken.Any() ? [Some.Fault()] : [] };
        var folder = RunFolder.Create(_parent, Started, run.Scenario, run.Seed);
        RunFiles.WriteManifest(folder, Some.Manifest(run.Scenario));
        var writer = JournalWriter.Create(folder, new FakeTime());
        foreach (var entry in (IEnumerable<JournalEvent>)[run, .. Some.Requests(600), .. broken, Some.End(healed: HealState.Verified)])
        {
            writer.Write(entry);
        }

        await writer.DisposeAsync();
        return folder;
    }

    private static Dictionary<string, string> Files(string folder) => Directory.GetFiles(folder)
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
}
