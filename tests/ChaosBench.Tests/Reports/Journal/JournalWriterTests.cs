using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Journal;

public sealed class JournalWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-writer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DisposeAsync_ManyWritersAtOnce_KeepsEveryEventAndPacksTheFile()
    {
        var writer = JournalWriter.Create(_folder, new FakeTime());
        writer.Write(Some.Run());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(part => Task.Run(() =>
        {
            for (var number = 0; number < 500; number++)
            {
                writer.Write(Some.Request((part * 500) + number, 1));
            }
        })));

        await writer.DisposeAsync();

        Assert.Equal(["journal.jsonl.gz"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        using var reader = JournalFile.Open(_folder);
        var arrivals = reader.Events().OfType<JournalEvent.Observation>().Select(seen => seen.Arrival).Order();
        Assert.Equal(Enumerable.Range(0, 4000), arrivals);
        Assert.False(reader.Truncated);
        Assert.False(writer.Broken.IsCompleted);
    }

    [Fact]
    public async Task Write_WithinASecond_IsReadableThoughNobodyClosedTheFile()
    {
        var time = new FakeTime();
        var writer = JournalWriter.Create(_folder, time);
        writer.Write(Some.Run());
        writer.Write(Some.Request(1, 1));

        // The timer is made on another thread; until then advancing does nothing.
        for (var tries = 0; tries < 1000 && CountOnDisk() < 2; tries++)
        {
            time.Advance(TimeSpan.FromMilliseconds(999));
            await Task.Yield();
        }

        Assert.Equal(2, CountOnDisk());
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Write_ManyLinesBeforeTheFirstTick_ReachTheDiskWithoutOne()
    {
        var writer = JournalWriter.Create(_folder, new FakeTime());
        writer.Write(Some.Run());
        for (var number = 0; number < 2_000; number++)
        {
            writer.Write(Some.Request(number, 1));
        }

        var path = Path.Combine(_folder, JournalFile.Name);
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(path).Length > 0, TimeSpan.FromSeconds(60)));
        await writer.DisposeAsync();

        using var reader = JournalFile.Open(_folder);
        Assert.Equal(Enumerable.Range(0, 2_000), reader.Events().OfType<JournalEvent.Observation>().Select(seen => seen.Arrival));
    }

    [Fact]
    public void LineBlocks_LinesOfAnyLength_ComeOutWholeAndInOrder()
    {
        var blocks = new LineBlocks();
        var random = new Random(7);
        var lines = Enumerable.Range(0, 300).Select(number =>
        {
            var line = new byte[random.Next(number % 50 == 0 ? 200_000 : 2_000)];
            random.NextBytes(line);
            return line;
        }).ToList();
        using var written = new MemoryStream();

        foreach (var (number, line) in lines.Index())
        {
            blocks.Add(line);
            if (number % 70 == 0)
            {
                blocks.WriteTo(written);
            }
        }

        blocks.WriteTo(written);
        Assert.Equal(lines.SelectMany(line => line), written.ToArray());
        Assert.False(blocks.WriteTo(written));
    }

    [Fact]
    public async Task DisposeAsync_DiskFull_ThrowsOnceWithPlaceAndRemedy()
    {
        var writer = new JournalWriter(new FullDisk(), "/runs/x/journal.jsonl", new FakeTime());
        writer.Write(Some.Run());

        var told = await Assert.ThrowsAsync<JournalException>(async () => await writer.DisposeAsync());

        Assert.Contains("/runs/x/journal.jsonl", told.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", told.Message, StringComparison.Ordinal);
        Assert.Contains("--out", told.Message, StringComparison.Ordinal);
        Assert.Same(told, await writer.Broken);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Write_AfterTheDiskIsFull_DoesNotThrowOrBlock()
    {
        var writer = new JournalWriter(new FullDisk(), "journal.jsonl", new FakeTime());
        writer.Write(Some.Run());
        await Assert.ThrowsAsync<JournalException>(async () => await writer.DisposeAsync());

        writer.Write(Some.Request(1, 1));

        Assert.True(writer.Broken.IsCompletedSuccessfully);
    }

    [Fact]
    public void Create_NoSuchFolder_SaysWhereAndWhatToDo()
    {
        var told = Assert.Throws<JournalException>(() => JournalWriter.Create(Path.Combine(_folder, "missing"), new FakeTime()));

        Assert.Contains("--out", told.Message, StringComparison.Ordinal);
    }

    private int CountOnDisk()
    {
        using var reader = JournalFile.Open(_folder);
        return reader.Events().Count();
    }

    private sealed class FullDisk : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => 0;
        public override long Position { get; set; }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }
}
