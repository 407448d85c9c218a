using ChaosBench.Reports.Inspection;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Inspection;

public sealed class InspectorTests
{
    [Fact]
    public void Inspect_CleanSet_IsReady()
    {
        var report = Of(Clean());

        Assert.Equal([], report.Findings.Select(finding => $"{finding.Code}: {finding.Sentence}"));
        Assert.True(report.IsReady);
        Assert.Equal(60, report.Facts["distinct"]);
        Assert.Equal(20, report.Labels["tag intent"]["late"]);
    }

    public static TheoryData<string, string> Spoilt => new()
    {
        { "please TELL me  where parcel number 6 has got to today", "duplicates" },
        { "please tell me where parcel number 6 has got to today!", "near-duplicates" },
        { "write to jane.doe@example.com about parcel 1", "personal-data-e-mail" },
        { "my card is 4111 1111 1111 1111 thanks for that", "personal-data-card" },
        { "call +49 170 1234567 about the parcel, please do", "personal-data-phone" },
        { "where is my parcel\u0007, I would like to know it now", "control-characters" },
        { "where is my par\u200Bcel, I would like to know it now", "invisible-characters" },
        { "where is \u202Emy parcel, I would like to know it now", "bidirectional-controls" },
        { "where is my pаrcel, I would like to know it now please", "mixed-scripts" },
        { "where is my cafÃ© order, I would like to know it now", "mojibake" },
        { "where is my caf\uFFFD order, I would like to know it now", "replacement-characters" },
        { "   ", "empty" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void Inspect_OneSpoiltPrompt_IsFoundByNameAndId(string text, string code)
    {
        var report = Of([.. Clean(), Prompt("spoilt", text)]);

        var finding = Assert.Single(report.Findings, finding => finding.Code == code);
        Assert.Equal((1, "spoilt"), ((int)finding.Count, finding.Examples[0]));
        Assert.DoesNotContain(report.Findings, other => text.Trim().Length > 0 && other.Sentence.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>By itself: no test runner carries half a character.</summary>
    [Fact]
    public void Inspect_LoneSurrogate_IsFound() => Assert.Contains(
        Of([.. Clean(), Prompt("half", "where is my \uD800 order, I would like to know it now")]).Findings, finding => finding is { Code: "lone-surrogates", Count: 1 });

    [Theory]
    [InlineData("""{"question":"1 + 1?","answer":"2"}""", "'answer'")]
    [InlineData("""{"canary":"x","examples":[{"input":"a","target":"b"},{"input":"a","tar""", "'target'")]
    [InlineData("act,prompt,Ideal\na,b,c\n", "'Ideal'")]
    public void Inspect_AnswersUnderAnotherName_AreNamed(string file, string field)
    {
        var report = Of(Clean().ConvertAll(prompt => prompt with { Expected = null }), file);

        Assert.Contains($" ({field} in the file is not read", Assert.Single(report.Findings, finding => finding.Code == "no-labels").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_AgainstTwoPrompts_SaysThatDriftCannotBeTold()
    {
        var report = Inspector.Inspect("x", Set(Clean()), Set([.. Clean().Take(2)]));

        Assert.All(report.Drift, drift => Assert.False(drift.Drifted));
        Assert.Null(report.Drift[0].Psi);
        Assert.Contains(report.Findings, finding => finding.Code == "drift-untold");
        Assert.False(report.IsReady);
    }

    [Fact]
    public void Inspect_LongPrompt_IsAnOutlier() =>
        Assert.Contains(Of([.. Clean(), Prompt("long", string.Join(' ', Enumerable.Range(0, 900)))]).Findings, finding => finding is { Code: "length-outliers", Count: 1 });

    [Fact]
    public void Inspect_SamePromptOtherAnswer_Contradicts()
    {
        var prompts = Clean();

        var report = Of([.. prompts, prompts[0] with { Id = "again", Expected = "another" }]);

        Assert.Equal(2, report.Findings.Single(finding => finding.Code == "contradicting-answers").Count);
    }

    [Fact]
    public void Inspect_MissingAndRareLabels_AreFound()
    {
        var prompts = Clean();

        var report = Of([.. prompts.Skip(1), prompts[0] with { Expected = null, Tags = new Dictionary<string, string> { ["intent"] = "rare" } }]);

        Assert.Equal(["missing-labels", "imbalanced-labels"], report.Findings.Select(finding => finding.Code));
    }

    [Fact]
    public void Inspect_AgainstItself_HasNoDriftAndOneLineage()
    {
        var prompts = Clean();

        var report = Inspector.Inspect("x", Set([.. Enumerable.Reverse(prompts)]), Set(prompts));

        Assert.All(report.Drift, drift => Assert.False(drift.Drifted, drift.Property));
        Assert.Equal(report.Lineage.ReferenceContentSha256, report.Lineage.ContentSha256);
        Assert.Equal(60, report.Findings.Single(finding => finding.Code == "in-reference").Count);
    }

    [Fact]
    public void Inspect_OtherLanguageAndLength_Drifts()
    {
        var german = Clean().Select((prompt, at) => Prompt($"d{at}", $"Guten Tag, ich möchte wissen, wo die Sendung mit der Nummer {at * 977} ist und ob sie nicht bald bei mir ankommt")).ToList();

        var report = Inspector.Inspect("x", Set(german), Set(Clean()));

        Assert.True(report.Drift.Single(drift => drift.Property == "language").Drifted);
        Assert.True(report.Drift.Single(drift => drift.Property == "length in characters").Drifted);
    }

    [Theory]
    [InlineData("\uFEFFhello\n", "byte-order-mark")]
    [InlineData("one\r\ntwo\n", "line-ends")]
    [InlineData("one\rtwo\n", "line-ends")]
    public void Inspect_BytesOfTheFile_AreLookedAt(string text, string code) => Assert.Equal(
        [code], Inspector.Inspect("x", Set(Clean()), null, System.Text.Encoding.UTF8.GetBytes(text)).Findings.Select(finding => finding.Code));

    [Fact]
    public void Inspect_BytesThatAreNoUtf8_AreFound() => Assert.Equal(
        ["encoding"], Inspector.Inspect("x", Set(Clean()), null, [0x61, 0xC3, 0x28]).Findings.Select(finding => finding.Code));

    /// <summary>Whatever is in real prompt files: a report in bounded time that accounts for every prompt.</summary>
    [SkippableFact]
    public void Inspect_RealFiles_GiveAReport()
    {
        foreach (var file in new[] { "prompts/gsm8k/test.jsonl", "prompts/mt_bench/question.jsonl", "adversarial/blns/blns.json" })
        {
            var set = PromptSets.Load(new PromptSet.Recorded { Name = "real", Path = DataFolder.Require(file) }, 0, new PromptFiles("/"));

            var report = Inspector.Inspect(file, set, set);

            Assert.Equal(set.Prompts.Count, report.Prompts);
            Assert.All(report.Drift, drift => Assert.False(drift.Drifted, drift.Property));
        }
    }

    private static List<Prompt> Clean()
    {
        string[] verbs = ["please tell me where parcel number", "I would like to cancel the order with number", "who can help me with the invoice for number"];
        string[] ends = ["has got to today", "because it was a mistake", "which is not what we said"];
        string[] intents = ["late", "cancel", "billing"];
        return [.. Enumerable.Range(0, 60).Select(at => new Prompt(
            $"p{at}", [new ChatMessage("user", $"{verbs[at % 3]} {at} {ends[at % 3]} {Words(at)}".Trim())], intents[at % 3],
            new Dictionary<string, string> { ["intent"] = intents[at % 3] }))];

        // Enough of its own in each that no two are nearly the same.
        static string Words(int at) => at == 6 ? "" : string.Join(' ', Enumerable.Range(1, 6).Select(step => string.Concat((at * 7919 * step % 99_991).ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)(digit - '0' + 'k')))));
    }

    private static Prompt Prompt(string id, string text) => new(id, [new ChatMessage("user", text)], "late", new Dictionary<string, string> { ["intent"] = "late" });

    private static InspectionReport Of(List<Prompt> prompts, string? file = null) =>
        Inspector.Inspect("x", Set(prompts), null, file is null ? null : System.Text.Encoding.UTF8.GetBytes(file));

    private static LoadedPrompts Set(List<Prompt> prompts) => new(prompts, [], new Dictionary<string, string> { ["x"] = new string('a', 64) });
}
