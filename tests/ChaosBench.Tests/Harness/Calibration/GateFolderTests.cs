using ChaosBench.Harness;
using ChaosBench.Harness.Calibrating.Gates;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Reports;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Calibrating;

/// <summary>What is taken for recorded, what is recorded again, and what is refused.</summary>
public sealed class GateFolderTests : IDisposable
{
    private static readonly Regression Same = new Regression.Same();

    private readonly TempFolder _folder = new();

    private GateFolder Folder => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Next_RoundThatIsWhole_NeedsNothing()
    {
        Write(Folder.Next(1, Same)!, lag: 0.001, ended: true);

        Assert.Null(Folder.Next(1, Same));
        var (rounds, doubts) = Folder.Read(Same, 1);
        Assert.Single(rounds);
        Assert.Empty(doubts);
    }

    [Fact]
    public void Next_RoundThatWasStopped_IsRecordedAgainInItsPlace()
    {
        var place = Folder.Next(1, Same)!;
        Write(place, lag: 0.001, ended: false);

        Assert.Contains("01-same", Assert.Throws<JournalException>(() => Folder.Read(Same, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(place, Folder.Next(1, Same));
        Assert.False(Directory.Exists(place));
    }

    [Fact]
    public void Next_JournalCutOff_IsNamedAndRecordedAgain()
    {
        var place = Folder.Next(1, Same)!;
        Write(place, lag: 0.001, ended: true);
        var journal = Path.Combine(place, JournalFile.Name);
        var text = File.ReadAllText(journal);
        File.WriteAllText(journal, text[..^40]);

        var refused = Assert.Throws<JournalException>(() => Folder.Read(Same, 1));
        Assert.Contains("its journal is cut off", refused.Message, StringComparison.Ordinal);
        Assert.Equal(place, Folder.Next(1, Same));
    }

    [Fact]
    public void Next_GeneratorWasTheLimit_IsTriedTwiceAndThenDoubted()
    {
        var first = Folder.Next(1, Same)!;
        Write(first, lag: 0.5, ended: true);
        var second = Folder.Next(1, Same)!;
        Write(second, lag: 0.5, ended: true);

        Assert.NotEqual(first, second);
        Assert.Null(Folder.Next(1, Same));
        Assert.True(Folder.IsLimited(1, Same));
        var (rounds, doubts) = Folder.Read(Same, 1);
        Assert.Single(rounds);
        Assert.Contains("round 1 of 'same': The generator was late", doubts.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadBegun_ForeignFolder_IsRefused() =>
        Assert.Contains("this is no folder of 'chaosbench calibrate gate'", Assert.Throws<UsageException>(Folder.ReadBegun).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadBegun_AfterBegin_IsWhatWasWritten()
    {
        Folder.Begin(new GateFolder.Begun(GateFolder.CurrentSchema, ["--pairs", "7"], "abc"));
        var begun = Folder.ReadBegun();
        Assert.Equal(["--pairs", "7"], begun.Arguments);
        Assert.Equal("abc", begun.ScenarioSha256);
    }

    private static void Write(string place, double lag, bool ended)
    {
        Directory.CreateDirectory(place);
        RunFiles.WriteManifest(place, Some.Manifest("gate"));
        var run = Some.Run() with { Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline } };
        JournalEvent[] events =
        [
            run,
            .. Enumerable.Range(0, 40).Select(number => Some.Request(number, number * 0.1) with
            {
                Target = number % 2 == 0 ? Some.Candidate : Some.Baseline, Block = (number / 4) + 1, Sent = Some.S((number * 0.1) + lag),
            }),
            .. ended ? [Some.End()] : Array.Empty<JournalEvent>(),
        ];
        File.WriteAllLines(Path.Combine(place, JournalFile.Name), events.Select(entry => System.Text.Encoding.UTF8.GetString(JournalFile.ToLine(entry))));
    }
}
