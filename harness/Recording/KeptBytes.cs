using System.IO.Compression;
using System.Text;

namespace ChaosBench.Harness.Recording;

/// <summary>A body that passes, up to a bound, as part of what all bodies together may hold.</summary>
internal sealed class KeptBytes(int limit, MemoryBudget budget) : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private int _taken;

    /// <summary>Nothing was left out.</summary>
    public bool IsWhole { get; private set; } = true;

    public ReadOnlyMemory<byte> Bytes => _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);

    /// <returns>False: there is no room for these, nor for any after them.</returns>
    public bool TryAdd(ReadOnlySpan<byte> more)
    {
        if (!IsWhole || _bytes.Length + more.Length > limit || !budget.TryTake(more.Length))
        {
            IsWhole = false;
            return false;
        }

        _taken += more.Length;
        _bytes.Write(more);
        return true;
    }

    /// <summary>As text, unpacked. Null: too large, packed in an unknown way, or not whole.</summary>
    /// <param name="encoding">Value of <c>Content-Encoding</c>.</param>
    public string? Text(string? encoding)
    {
        if (!IsWhole)
        {
            return null;
        }

        using var packed = new MemoryStream(_bytes.GetBuffer(), 0, (int)_bytes.Length, writable: false);
        using var plain = encoding?.Trim().ToLowerInvariant() switch
        {
            null or "" or "identity" => (Stream)packed,
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
            _ => null,
        };
        if (plain is null)
        {
            return null;
        }

        try
        {
            // A few bytes can unpack to very many.
            var whole = new byte[Math.Min(limit, 64 * 1024)];
            using var text = new MemoryStream();
            for (int length; (length = plain.Read(whole)) > 0;)
            {
                if (text.Length + length > limit)
                {
                    return null;
                }

                text.Write(whole, 0, length);
            }

            return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        IsWhole = false;
        _bytes.SetLength(0);
        _bytes.Capacity = 0;
        budget.Give(_taken);
        _taken = 0;
    }
}

/// <summary>Bytes that all exchanges together may hold; from many threads.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long _left = bytes;

    public bool TryTake(int wanted)
    {
        if (Interlocked.Add(ref _left, -wanted) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, wanted);
        return false;
    }

    public void Give(int taken) => Interlocked.Add(ref _left, taken);
}
