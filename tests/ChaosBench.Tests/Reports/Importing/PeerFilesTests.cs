using System.Globalization;
using ChaosBench.Reports.Importing;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Importing;

/// <summary>Every result file of other tools that the data folder holds, whatever is there; exact figures only of files that are named.</summary>
public sealed class PeerFilesTests
{
    private const int Cuts = 50;
    private const int Changes = 60;
    private const ulong Seed = 20_261_121;
    private static readonly byte[] Hostile = [0, (byte)'-', (byte)'e', (byte)'9', (byte)'"', (byte)',', (byte)'[', (byte)'}', (byte)'\n', (byte)'.', 0xFF, (byte)'N', (byte)' '];

    public static TheoryData<string> Files() => Files(long.MaxValue);

    /// <summary>They say as much as the large ones, in less time.</summary>
    public static TheoryData<string> SmallFiles() => Files(1 << 20);

    private static TheoryData<string> Files(long most)
    {
        var data = new TheoryData<string>();
        var folder = DataFolder.Find() is { } root ? Path.Combine(root, "peer-results") : null;
        string[] paths = folder is not null && Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
        foreach (var path in paths.Where(path => new FileInfo(path).Length <= most).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetRelativePath(folder!, path));
        }

        if (data.Count == 0)
        {
            data.Add("none");
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Read_WholeFile_HasRunsWithKnownDefinitionsAndAgrees(string relative)
    {
        var file = Open(relative);
        var runs = ResultReading.Read(file, Format(file));
        Assert.NotEmpty(runs);
        Assert.All(runs, run =>
        {
            Assert.False(run.Partial, string.Join(" ", run.Notes));
            Assert.All(run.Figures.Select(figure => figure.Definition).Concat(run.Definitions.Values), id => Assert.Contains(id, MetricDefinitions.All.Keys));
            Assert.All(ImportFolder.Facts(run, [file]).Figures, figure => Assert.True(figure.Agrees, $"{figure.Key}: {figure.Value} and {figure.Recomputed}"));
        });
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Read_CutAnywhere_IsAnErrorOrSaysThatItIsPartOrLosesNothing(string relative)
    {
        var whole = Open(relative);
        var format = Format(whole);
        var full = ResultReading.Read(whole, format);
        var bytes = File.ReadAllBytes(whole.Name);
        var random = new SplitMix64(Seed);
        for (var i = 0; i < Cuts; i++)
        {
            var at = random.Next(bytes.Length);
            var cut = new ResultFile("cut", bytes.AsMemory(0, at));
            try
            {
                Same(full, ResultReading.Read(cut, format), bytes, at);
            }
            catch (ImportException told)
            {
                Assert.StartsWith("cut:", told.Message, StringComparison.Ordinal);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(SmallFiles))]
    public void Read_BytesChanged_IsReadOrRefusedWithThePlace(string relative)
    {
        var whole = Open(relative);
        var format = Format(whole);
        var bytes = File.ReadAllBytes(whole.Name);
        var random = new SplitMix64(Seed + 1);
        for (var i = 0; i < Changes; i++)
        {
            var changed = bytes.ToArray();
            for (var spot = random.Next(4); spot >= 0; spot--)
            {
                changed[random.Next(changed.Length)] = Hostile[random.Next(Hostile.Length)];
            }

            try
            {
                var runs = ResultReading.Read(new ResultFile("bad", changed), format);
                Assert.All(runs.SelectMany(run => run.Figures), figure => Assert.True(double.IsFinite(figure.Value), figure.Key));
            }
            catch (ImportException told)
            {
                Assert.StartsWith("bad:", told.Message, StringComparison.Ordinal);
            }
        }
    }

    [SkippableTheory]
    [InlineData("llmperf/individual/lepton_13b.json", "llmperf/summary/lepton_13b.json", 64)]
    [InlineData("llmperf/individual/bedrock_70b.json", "llmperf/summary/bedrock_70b.json", 64)]
    [InlineData("llmperf/individual/groq_70b.json", "llmperf/summary/groq_70b.json", 64)]
    public void Joined_RequestsAndTotals_EveryFigureIsMadeAgain(string requests, string totals, int figures)
    {
        var (one, other) = (Open(requests), Open(totals));
        var run = ResultReading.Joined(ResultReading.Read(one)[0], ResultReading.Read(other)[0], other.Name);
        var facts = ImportFolder.Facts(run, [one, other]);
        Assert.False(facts.Partial);
        Assert.Equal(figures, facts.Figures.Count(figure => figure.Recomputed is not null));
        Assert.All(facts.Figures, figure => Assert.True(figure.Agrees, $"{figure.Key}: {figure.Value} and {figure.Recomputed}"));
    }

    [SkippableFact]
    public void Joined_PartOfTheRequests_SaysSo()
    {
        var (one, other) = (Open("aiperf/profile_export.head60.jsonl"), Open("aiperf/profile_export_aiperf.json"));
        var run = ResultReading.Joined(ResultReading.Read(one)[0], ResultReading.Read(other)[0], other.Name);
        Assert.True(run.Partial);
        Assert.Contains("89 counted requests and the file of requests has 49", run.Notes[0], StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Read_AiPerfBothForms_CsvAndJsonAgreeToTheLastPrintedPlace()
    {
        var csv = ResultReading.Read(Open("aiperf/profile_export_aiperf.csv"))[0].Figures;
        var json = ResultReading.Read(Open("aiperf/profile_export_aiperf.json"))[0].Figures.ToDictionary(figure => (figure.Definition, figure.Statistic));
        Assert.Equal(csv.Count, json.Count);
        Assert.All(csv, figure => Assert.InRange(Math.Abs(json[(figure.Definition, figure.Statistic)].Value - figure.Value), 0, figure.Rounding!.Value + 1e-9));
    }

    [SkippableFact]
    public void Read_OldVllmClient_TellsThatEmptyAnswersCountAsInstant()
    {
        var run = ResultReading.Read(Open("vllm-bench/detailed-h100-16qps.json"))[0];
        Assert.Contains(run.Notes, note => note.StartsWith("379 of 1000 answers", StringComparison.Ordinal));
        Assert.Contains(run.Notes, note => note.StartsWith("The tool counts their time to first token as 0", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Read_InferencePerfSummary_SaysWhatThePlannedSendWouldMake()
    {
        var run = ResultReading.Read(Open("inference-perf/vllm/summary_lifecycle_metrics.json"))[0];
        Assert.Contains(run.Notes, note => note.Contains("takes 12.4 s", StringComparison.Ordinal) && note.Contains("9.25 s late", StringComparison.Ordinal));
    }

    /// <summary>What a cut file gives is a beginning of what the whole one gives, and only a cut between lines goes unseen.</summary>
    private static void Same(IReadOnlyList<ImportedRun> full, IReadOnlyList<ImportedRun> part, byte[] bytes, int at)
    {
        var between = at == 0 || bytes[at - 1] == '\n' || bytes[at] is (byte)'\n' or (byte)'\r' || bytes.AsSpan(at).Trim(" \t\r\n"u8).IsEmpty;
        var place = at.ToString(CultureInfo.InvariantCulture);
        var figures = full.SelectMany(run => run.Figures).Select(figure => (figure.Key, figure.Definition, figure.Statistic, figure.Value)).ToHashSet();
        var requests = full.Select(run => run.Requests.Select(Told).ToList()).ToList();
        for (var i = 0; i < part.Count; i++)
        {
            Assert.True(part[i].Partial || between, $"a cut at {place} went unseen");
            Assert.All(part[i].Figures, figure => Assert.Contains((figure.Key, figure.Definition, figure.Statistic, figure.Value), figures));
            Assert.Equal(requests[i].Take(part[i].Requests.Count), part[i].Requests.Select(Told));
        }
    }

    private static (double?, double?, int?, string) Told(ImportedRequest request) =>
        (request.FirstToken, request.LastToken, request.OutputTokens, request.Outcome.ToString());

    private static ResultFile Open(string relative)
    {
        var path = DataFolder.Require(Path.Combine("peer-results", relative));
        return new ResultFile(path, File.ReadAllBytes(path));
    }

    /// <summary>Files that no format knows are somebody else's.</summary>
    private static IResultFormat Format(ResultFile file)
    {
        var fitting = ResultFormats.All.Where(format => format.Fits(file)).ToList();
        Skip.If(fitting.Count == 0, $"no format for {file.Name}");
        return Assert.Single(fitting);
    }
}
