using System.IO.Compression;

namespace ChaosBench.Reports.Merging;

/// <summary>
/// Packs a long text on several cores: each stretch of a few megabytes becomes a gzip member of its own, and members one after the other
/// are one gzip file (RFC 1952, section 2.2).
/// </summary>
internal sealed class PackedParts(Stream to) : IDisposable
{
    private const int Stretch = 4 * 1024 * 1024;
    private readonly int _most = Math.Clamp(Environment.ProcessorCount, 1, 8);
    private readonly Queue<Task<MemoryStream>> _packing = new();
    private MemoryStream _open = new(Stretch);

    public void WriteLine(ReadOnlySpan<byte> line)
    {
        _open.Write(line);
        _open.WriteByte((byte)'\n');
        if (_open.Length >= Stretch)
        {
            Pack();
        }
    }

    public void Dispose()
    {
        Pack();
        while (_packing.Count > 0)
        {
            Put();
        }

        _open.Dispose();
    }

    private void Pack()
    {
        var full = _open;
        _open = new MemoryStream(Stretch);
        _packing.Enqueue(Task.Run(() => Packed(full)));
        while (_packing.Count > _most)
        {
            Put();
        }
    }

    private void Put()
    {
        using var packed = _packing.Dequeue().GetAwaiter().GetResult();
        packed.WriteTo(to);
    }

    private static MemoryStream Packed(MemoryStream plain)
    {
        using (plain)
        {
            var packed = new MemoryStream();
            using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                plain.WriteTo(zip);
            }

            return packed;
        }
    }
}
