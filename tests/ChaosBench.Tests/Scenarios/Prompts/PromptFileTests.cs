using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class PromptFileTests
{
    [Theory]
    [InlineData("""{"prompt":"hi","id":"a"}""", "a|user:hi")]
    [InlineData("""{"prompt":"hi","id":7}""", "7|user:hi")]
    [InlineData("""{"question":"1+1?","answer":"so #### 2"}""", "p1|user:1+1?")]
    [InlineData("""{"context":"C","question":"Q"}""", "p1|user:C\n\nQ")]
    [InlineData("""{"question_id":81,"category":"writing","turns":["one","two"]}""", "81|user:one")]
    [InlineData("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]}""", "p1|system:s|user:u")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}""", "p1|user:ab")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""", "p1|user:u")]
    [InlineData("""{"custom_id":"r1","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"u"}]}}""", "r1|user:u")]
    [InlineData("""{"custom_id":"r1","body":{"prompt":"p"}}""", "r1|user:p")]
    [InlineData("""[{"id":"x","conversations":[{"from":"human","value":"h"},{"from":"gpt","value":"g"},{"from":"human","value":"again"}]}]""", "x|user:h")]
    [InlineData("""["one","two"]""", "p1|user:one;p2|user:two")]
    [InlineData("[\n  \"one\"\n]", "p1|user:one")]
    [InlineData("# title\none\n\ntwo\r\n", "p1|user:one;p2|user:two")]
    [InlineData("\"one\"\n\"two\"\n", "p1|user:one;p2|user:two")]
    [InlineData("\uFEFF{\"prompt\":\"bom\"}", "p1|user:bom")]
    [InlineData("""{"payloads":["a","b"]}""", "p1|user:a;p2|user:b")]
    [InlineData("{\n\"x\":[\"a\"],\n\"y\":[\"b\"]}", "p1|user:a;p2|user:b")]
    [InlineData("""[{"test_case_prompt":"s","user_input":"u","prompt_id":3}]""", "3|system:s|user:u")]
    [InlineData("""{"prompt":"a","id":"same"}""" + "\n" + """{"prompt":"b","id":"same"}""", "same|user:a;same#2|user:b")]
    [InlineData("""{"prompt":""}""", "p1|user:")]
    public void Load_KnownShape_IsRecognised(string content, string expected)
    {
        var prompts = Load("file", content).Prompts;

        Assert.Equal(expected, string.Join(';', prompts.Select(
            prompt => prompt.Id + "|" + string.Join('|', prompt.Messages.Select(message => message.Role + ":" + message.Content)))));
    }

    [Fact]
    public void Load_ExpectedAndTags_AreKept()
    {
        var prompt = Load("f", """{"prompt":"p","expected":{"a":1},"tags":{"Intent":"billing","n":2,"deep":{}},"lang":"en"}""").Prompts[0];

        Assert.Equal("""{"a":1}""", prompt.Expected);
        Assert.Equal(new Dictionary<string, string> { ["intent"] = "billing", ["n"] = "2", ["lang"] = "en" }, prompt.Tags.ToDictionary());
    }

    [Fact]
    public void Load_LoneSurrogate_IsKept() => Assert.Equal("\ud83d", Load("f", """{"prompt":"\ud83d"}""").Prompts[0].Messages[0].Content);

    [Fact]
    public void Load_Csv_TakesThePromptColumn()
    {
        var prompts = Load("f.csv", "act,prompt\nCook,\"Say \"\"hi\"\",\nthen go\"\nGuide,plain\n").Prompts;

        Assert.Equal(["Say \"hi\",\nthen go", "plain"], prompts.Select(prompt => prompt.Messages[0].Content));
    }

    [Fact]
    public void Load_Gzip_IsUnpackedAndHashedAsStored()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("""{"prompt":"hi"}"""u8);
        }

        var loaded = PromptSets.Load(Set("f.gz"), 1, new MemoryFiles().With("f.gz", packed.ToArray()));

        Assert.Equal("hi", Assert.Single(loaded.Prompts).Messages[0].Content);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(packed.ToArray())), loaded.Files["f.gz"]);
    }

    [Fact]
    public void Load_Limit_TakesTheFirstAndHashesAll()
    {
        const string Content = "one\ntwo\nthree\n";
        var loaded = PromptSets.Load(Set("f") with { Limit = 2 }, 1, new MemoryFiles().With("f", Content));

        Assert.Equal(2, loaded.Prompts.Count);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content))), loaded.Files["f"]);
    }

    [Theory]
    [InlineData("f", "", "holds no prompts")]
    [InlineData("f", "\n \n", "holds no prompts")]
    [InlineData("f", "# only comments\n", "holds no prompts")]
    [InlineData("f", "[]", "holds no prompts")]
    [InlineData("f", "[\"a\",]", "f:1: is neither JSON lines nor a JSON document")]
    [InlineData("f", "[\"a\"] trailing", "neither")]
    [InlineData("f", "{\n\"a\":\n", "neither")]
    [InlineData("f", "{\"x\":1}\n{\"x\":2}\n", "f:1: 2 of 2 rows are unreadable (line 1: none of prompt, messages")]
    [InlineData("f", "{\"prompt\":\"a\"}\n{\"prompt\":\n", "f:2: 1 of 2 rows are unreadable (line 2: not valid JSON)")]
    [InlineData("f", "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "not text from system, user or assistant")]
    [InlineData("f", "PK\u0003\u0004rest", "zip archive")]
    [InlineData("f.csv", "a,b\n1,2\n", "no column named prompt")]
    [InlineData("f.csv", "prompt,b\n1,2,3\n", "3 fields where the header has 2")]
    public void Load_BadFile_SaysWhereWhatAndRemedy(string path, string content, string part)
    {
        var problem = Assert.Throws<PromptException>(() => Load(path, content));

        Assert.StartsWith(path + ":", problem.Message, StringComparison.Ordinal);
        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BadFile_QuotesNothingOfIt()
    {
        var problem = Assert.Throws<PromptException>(() => Load("f", "{\"key\":\"SECRET-1\"}\n{SECRET-2\n"));

        Assert.DoesNotContain("SECRET", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Load_UnreadableRows_UpToOneInAThousandAreSkipped(int bad, bool accepted)
    {
        var content = string.Concat(Enumerable.Repeat("{\"prompt\":\"a\"}\n", 1000 - bad)) + string.Concat(Enumerable.Repeat("{broken\n", bad));

        if (accepted)
        {
            var loaded = Load("f", content);
            Assert.Equal(1000 - bad, loaded.Prompts.Count);
            Assert.Equal(1000, Assert.Single(loaded.Skipped).Row);
        }
        else
        {
            Assert.Throws<PromptException>(() => Load("f", content));
        }
    }

    [Fact]
    public void Load_LineTooLong_Throws()
    {
        var bytes = new byte[(16 << 20) + 100_000];
        Array.Fill(bytes, (byte)'x');

        var problem = Assert.Throws<PromptException>(() => PromptSets.Load(Set("f"), 1, new MemoryFiles().With("f", bytes)));

        Assert.Contains("longer than 16 MiB", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GzipBomb_StopsAtTheBound()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[1 << 20];
            Array.Fill(line, (byte)'#');
            line[^1] = (byte)'\n';
            for (var megabyte = 0; megabyte < 258; megabyte++)
            {
                gzip.Write(line);
            }
        }

        var problem = Assert.Throws<PromptException>(() => PromptSets.Load(Set("f"), 1, new MemoryFiles().With("f", packed.ToArray())));

        Assert.Contains("256 MiB", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedGzip_SaysSo()
    {
        byte[] damaged = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8];

        Assert.Throws<PromptException>(() => PromptSets.Load(Set("f"), 1, new MemoryFiles().With("f", damaged)));
    }

    [Fact]
    public void PromptFiles_MissingEmptyAndDevice_AreRefused()
    {
        var files = new PromptFiles("/");

        Assert.Contains("no such file", Assert.Throws<PromptException>(() => files.Open("nowhere/x.jsonl")).Message, StringComparison.Ordinal);
        Assert.Contains("not a regular file", Assert.Throws<PromptException>(() => files.Open("dev/zero")).Message, StringComparison.Ordinal);
    }

    private static LoadedPrompts Load(string path, string content) => PromptSets.Load(Set(path), 1, new MemoryFiles().With(path, content));

    private static PromptSet.Recorded Set(string path) => new() { Name = "set", Path = path };
}
