using System.IO.Compression;
using ChaosBench.Engine;
using ChaosBench.Harness.Drills;
using ChaosBench.Harness.Running;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Drills;

public sealed class DrillDeskTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Watcher _watcher = new();
    private readonly JournalWriter _journal;
    private readonly DrillDesk _desk;

    public DrillDeskTests()
    {
        _journal = JournalWriter.Create(_folder.Path, TimeProvider.System);
        _desk = new DrillDesk(_folder.Path, _journal, () => 5_000_000_000, _watcher, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Continue_TwoWait_LetsThemGoOneByOneInOrder()
    {
        var (first, second) = (_desk.PassAsync(Fault("first"), default), _desk.PassAsync(Fault("second"), default));

        _desk.Continue("somebody");
        await first;
        Assert.False(second.IsCompleted);
        _desk.Continue("somebody");
        await second;
        _desk.Continue("somebody");

        Assert.Equal("nothing waits.", _watcher.Told[^1]);
        Assert.Contains(_watcher.Told, line => line.Contains("second (node.kill) waits. Enter: go on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Press_NTextEnter_WritesANote()
    {
        var keys = new DrillKeys(_desk, _watcher);
        Press(keys, "n");
        Press(keys, "Hi\u001b[");
        Assert.Equal("note: Hi[", _watcher.Prompt);
        keys.Press(new ConsoleKeyInfo('\b', ConsoleKey.Backspace, false, false, false));
        keys.Press(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false));

        Assert.Null(_watcher.Prompt);
        Assert.Equal(["   5.0 s  note: Hi"], _watcher.Told);
        await _journal.DisposeAsync();
        using var packed = new GZipStream(File.OpenRead(Path.Combine(_folder.Path, "journal.jsonl.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(packed);
        Assert.Contains("\"text\":\"Hi\"", await lines.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Press_EnterAndA_GoOnAndAbort()
    {
        var keys = new DrillKeys(_desk, _watcher);
        var waiting = _desk.PassAsync(Fault("it"), default);

        keys.Press(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false));
        await waiting;
        Press(keys, "a");

        Assert.Contains("key a", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "abort")), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostileControlFile_TakesWhatIsOurs()
    {
        DrillControl.Note(_folder.Path, "one");
        File.AppendAllText(Path.Combine(_folder.Path, DrillControl.FileName), "{\"Note\": 7}\n[[[[\n\0\n{}\n");
        DrillControl.Continue(_folder.Path);
        File.AppendAllText(Path.Combine(_folder.Path, DrillControl.FileName), "{\"Note\":\"half");

        var (lines, next) = DrillControl.Read(_folder.Path, 0);

        Assert.Equal("one", Assert.Single(lines, line => line.Note is not null).Note);
        Assert.Single(lines, line => line.Continue);
        Assert.Empty(DrillControl.Read(_folder.Path, next).Lines);
    }

    private static void Press(DrillKeys keys, string text)
    {
        foreach (var letter in text)
        {
            keys.Press(new ConsoleKeyInfo(letter, ConsoleKey.NoName, false, false, false));
        }
    }

    private static PlannedFault Fault(string id) => new(0, new Fault { Id = id, Kind = "node.kill", At = default, For = default }, 0, 1);

    private sealed class Watcher : IRunWatcher
    {
        public List<string> Told { get; } = [];

        public string? Prompt { get; set; }

        public void Tell(string line) => Told.Add(line);

        public void Started(Plan plan, string folder) { }

        public void Ended(Summary summary, string folder) { }

        public void Report(RunProgress value) { }
    }
}
