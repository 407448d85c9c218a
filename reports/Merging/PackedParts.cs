using System.Collections.Concurrent;
using System.IO.Compression;

namespace ChaosBench.Reports.Merging;

/// <summary>
/// Packs a long text on several cores: each stretch becomes a gzip member of its own, and members one after the other are one gzip file
/// (RFC 1952, section 2.2).
/// </summary>
internal sealed class PackedParts(Stream to) : IDisposable
{
    private readonly int _most = Math.Clamp(Environment.ProcessorCount, 1, 8);
    private readonly Queue<Task<MemoryStream>> _packing = new();
    private readonly ConcurrentBag<MemoryStream> _idle = [];

    public void Add(Stretch stretch)
    {
        _packing.Enqueue(Task.Run(() => Packed(stretch)));
        while (_packing.Count > _most)
        {
            Put();
        }
    }

    /// <summary>Writes what is still being packed.</summary>
    public void Close()
    {
        while (_packing.Count > 0)
        {
            Put();
        }
    }

    public void Dispose()
    {
        // After a failure nobody wants them any more, but they still read what was handed to them.
        Task.WhenAll(_packing).ContinueWith(_ => { }, TaskScheduler.Default).Wait(Timeout.Infinite);
        foreach (var idle in _idle)
        {
            idle.Dispose();
        }
    }

    private void Put()
    {
        var packed = _packing.Dequeue().GetAwaiter().GetResult();
        packed.WriteTo(to);
        packed.SetLength(0);
        _idle.Add(packed);
    }

    private MemoryStream Packed(Stretch stretch)
    {
        var packed = _idle.TryTake(out var idle) ? idle : new MemoryStream(Stretch.Size / 2);
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(stretch.Bytes);
        }

        stretch.Done();
        return packed;
    }
}
