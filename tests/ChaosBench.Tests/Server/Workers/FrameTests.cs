using System.IO.Pipes;
using System.Text;
using ChaosBench.Server;
using ChaosBench.Server.Workers;

namespace ChaosBench.Tests.Server.Workers;

public sealed class FrameTests
{
    [Fact]
    public void Generate_WrittenAndRead_KeepsEverythingButTheText()
    {
        var request = new GenerationRequest
        {
            RequestId = "r-1", Messages = [new ChatTurn("user", "secret")], MaxTokens = 7, Temperature = 0.5, TopP = 0.9, TopK = 3,
            PresencePenalty = -1, FrequencyPenalty = 2, Seed = long.MinValue, Stop = ["\n", "\u00e9"], Stream = false,
        };
        using var bytes = new MemoryStream();
        using (var writer = new FrameWriter(bytes, "test"))
        {
            writer.PostGenerate(uint.MaxValue, request, [0, 7, int.MaxValue]);
        }

        using var reader = new FrameReader(new MemoryStream(bytes.ToArray()));
        Assert.True(reader.Read());
        var (read, prompt) = WorkerMessages.ReadGenerate(reader.Payload);

        Assert.Equal((FrameKind.Generate, uint.MaxValue), (reader.Kind, reader.Request));
        Assert.Equal([0, 7, int.MaxValue], prompt);
        Assert.Equivalent(request with { Messages = [] }, read);
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(bytes.ToArray()), StringComparison.Ordinal);
        Assert.False(reader.Read());
    }

    [Fact]
    public async Task Tokens_ManyPosted_ArriveInOrder()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.In);
        using var client = new AnonymousPipeClientStream(PipeDirection.Out, server.ClientSafePipeHandle);
        using var reader = new FrameReader(server);
        var expected = Enumerable.Range(0, 5_000).Select(number => (uint)number).ToList();
        using (var writer = new FrameWriter(client, "test"))
        {
            var reading = Task.Run(() => expected.ConvertAll(_ => reader.Read() ? (reader.Request, WorkerMessages.ReadTokens(reader.Payload)) : default));
            expected.ForEach(number => writer.PostTokens(number, 1, $"\u00e4{number}"));

            Assert.Equal(expected.Select(number => (number, (1, $"\u00e4{number}"))), await reading);
        }
    }

    [Theory]
    [InlineData(new byte[] { 255, 255, 255, 255, 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 127, 1, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 200, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void Read_NotOfTheProtocol_Throws(byte[] bytes)
    {
        using var reader = new FrameReader(new MemoryStream(bytes));
        Assert.Throws<InvalidDataException>(() => reader.Read());
    }

    [Fact]
    public void Read_CutAnywhere_IsTheEndAndNotAFrame()
    {
        using var whole = new MemoryStream();
        using (var writer = new FrameWriter(whole, "test"))
        {
            writer.PostTokens(1, 1, "abc");
        }

        var bytes = whole.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            using var reader = new FrameReader(new MemoryStream(bytes[..length]));
            Assert.False(reader.Read());
        }
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 255, 255, 255, 255 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 1, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 110 })]
    public void ReadGenerate_Damaged_ThrowsOneKind(byte[] payload) =>
        Assert.Throws<InvalidDataException>(() => WorkerMessages.ReadGenerate(payload));
}
