using System.Text;
using ChaosBench.Scenarios.Files;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>Files made to hurt: each must end in a problem with a place, and soon.</summary>
public sealed class HostileFileTests
{
    /// <summary>Generous for a loaded machine; a file that blows up takes minutes or all memory.</summary>
    private const int Timeout = 20_000;

    public static TheoryData<string, string> Files => new()
    {
        { "deep flow", new string('[', 500_000) },
        { "deep flow maps", string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "deep block", string.Concat(Enumerable.Range(0, 1_000).Select(depth => new string(' ', depth) + "a:\n")) },
        { "deep dashes", string.Concat(Enumerable.Repeat("- ", 300_000)) },
        { "many keys", "version: 1\n" + string.Concat(Enumerable.Range(0, 60_000).Select(number => $"key{number}: 1\n")) },
        { "many unknown keys", "version: 1\n" + string.Concat(Enumerable.Range(0, 20_000).Select(number => $"key{number}: 1\n")) },
        { "the same key", string.Concat(Enumerable.Repeat("version: 1\n", 20_000)) },
        { "alias bomb", AliasBomb() },
        { "alias to itself", "a: &a [*a]\n" },
        { "unknown alias", "version: *nothing\n" },
        { "huge scalar", "version: " + new string('9', 900_000) },
        { "long quoted", "version: \"" + new string('x', 900_000) },
        { "one line of colons", string.Concat(Enumerable.Repeat("a: ", 300_000)) },
        { "question marks", string.Concat(Enumerable.Repeat("? ", 300_000)) },
        { "many anchors", string.Concat(Enumerable.Range(0, 40_000).Select(number => $"- &a{number} x\n")) },
        { "many tags", string.Concat(Enumerable.Repeat("- !!str x\n", 40_000)) },
        { "many documents", string.Concat(Enumerable.Repeat("---\na\n", 40_000)) },
        { "directives", string.Concat(Enumerable.Repeat("%TAG ! tag:x,2000:\n", 20_000)) + "---\na" },
        { "NUL", "version: 1\0" },
        { "lone CR", "version: 1\rseed: 2" },
        { "tab indentation", "targets:\n\tx: 1\n" },
        { "escape sequence", "version: \u001b[31m1\n" },
        { "direction override", "version: 1 # \u202e\n" },
        { "scalar root", "just words" },
        { "list root", "- 1\n- 2\n" },
        { "complex key", "? [a, b]\n: 1\n" },
        { "second document", "version: 1\n---\nversion: 1\n" },
        { "empty", "" },
        { "comment only", "# nothing\n" },
    };

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Files))]
    public async Task Read_HostileFile_EndsInProblems(string name, string text)
    {
        var read = await Task.Run(() => ScenarioReader.Read("hostile.yaml", Encoding.UTF8.GetBytes(text), Some.Options));

        Assert.Null(read.Suite);
        Assert.NotEmpty(read.Problems);
        Assert.InRange(read.Problems.Count, 1, 101);
        Assert.All(read.Problems, problem => Assert.False(problem.ToString().Any(char.IsControl), name));
        Assert.All(read.Problems, problem => Assert.InRange(problem.ToString().Length, 1, 600));
    }

    [Fact]
    public void Read_TwoMebibytes_IsRefusedBySize() => Assert.Equal(
        "suite.yaml:1:1: the file is larger than 1 MiB; keep prompts in files of their own and name them under prompts:",
        Assert.Single(Some.Problems(new string('#', 2 << 20))));

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Read_Utf16_SaysSo(string encoding)
    {
        var bytes = Encoding.GetEncoding(encoding).GetPreamble().Concat(Encoding.GetEncoding(encoding).GetBytes("version: 1")).ToArray();

        Assert.Equal(
            "suite.yaml:1:1: the file is not UTF-8; it looks like UTF-16; save it as UTF-8",
            Assert.Single(ScenarioReader.Read("suite.yaml", bytes, Some.Options).Problems).ToString());
    }

    [Fact]
    public void Read_InvalidUtf8_NamesThePlace() => Assert.Equal(
        "suite.yaml:2:7: the file is not UTF-8; save it as UTF-8",
        Assert.Single(ScenarioReader.Read("suite.yaml", "version: 1\nseed: "u8.ToArray().Append((byte)0xFF).ToArray(), Some.Options).Problems).ToString());

    [Fact]
    public void Read_ByteOrderMark_IsAccepted() =>
        Assert.Empty(ScenarioReader.Read("suite.yaml", Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(Some.Smallest)).ToArray(), Some.Options).Problems);

    [Fact]
    public void Read_CarriageReturnLineFeed_IsAccepted() =>
        Assert.Empty(Some.Problems(Some.Smallest.ReplaceLineEndings("\r\n")));

    [Fact]
    public void Read_AnyBytes_NeverThrows() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes => ScenarioReader.Read("any.yaml", bytes, Some.Options).Suite is null)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    /// <summary>Bytes changed, removed and doubled in a good file reach deeper than random ones.</summary>
    [Fact]
    public void Read_DamagedFile_NeverThrowsAndAgreesWithItself()
    {
        var good = Encoding.UTF8.GetBytes(Some.With("mix: [{ prompts: tickets, temperature: [0, 1] }]\nfaults: [{ fault: node.kill }]\nphases: { fault: 5s }"));
        var damage = Gen.Zip(Gen.Choose(0, good.Length - 1), Gen.Zip(Gen.Choose(0, 3), Gen.Elements("[]{}:,&*!|>'\"%@`-?#\n\t 0aé"u8.ToArray()))).ArrayOf(5);
        Prop.ForAll(damage.ToArbitrary(), edits =>
        {
            var bytes = edits.Aggregate(good.ToList(), (text, edit) => Damage(text, edit.Item1, edit.Item2.Item1, edit.Item2.Item2)).ToArray();
            var read = ScenarioReader.Read("any.yaml", bytes, Some.Options);
            return read.Suite is null == (read.Problems.Count > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static List<byte> Damage(List<byte> text, int at, int kind, byte letter)
    {
        at = Math.Min(at, text.Count - 1);
        switch (kind)
        {
            case 0:
                text[at] = letter;
                break;
            case 1:
                text.Insert(at, letter);
                break;
            case 2:
                text.RemoveAt(at);
                break;
            default:
                text.InsertRange(at, text[at..Math.Min(text.Count, at + 20)]);
                break;
        }

        return text;
    }

    /// <summary>Ten values behind each of ten names: 10^10 values in 600 bytes.</summary>
    private static string AliasBomb()
    {
        var text = new StringBuilder("l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 10; level++)
        {
            var uses = string.Join(',', Enumerable.Repeat($"*l{level - 1}", 10));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"l{level}: &l{level} [{uses}]\n");
        }

        return text.ToString();
    }
}
