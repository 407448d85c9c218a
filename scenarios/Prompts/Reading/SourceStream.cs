using System.Security.Cryptography;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>The bytes of a file as stored: hashed while they are read, bounded, and with a look at the first ones.</summary>
internal sealed class SourceStream(Stream file, string path, long maxBytes = SourceStream.MaxBytes) : Stream
{
    /// <summary>Of a stored file of prompts, and again of its unpacked content: they are held in memory.</summary>
    public const long MaxBytes = 256L << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[4];
    private int _headLength = -1;
    private int _headRead;
    private long _total;

    public bool StartsWith(ReadOnlySpan<byte> magic)
    {
        if (_headLength < 0)
        {
            _headLength = file.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
            Count(_head.AsSpan(0, _headLength));
        }

        return _head.AsSpan(0, _headLength).StartsWith(magic);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_headRead < _headLength)
        {
            var part = Math.Min(buffer.Length, _headLength - _headRead);
            _head.AsSpan(_headRead, part).CopyTo(buffer);
            _headRead += part;
            return part;
        }

        var read = file.Read(buffer);
        Count(buffer[..read]);
        return read;
    }

    /// <summary>Reads what is left, so that the hash is of the whole file, and returns it in lower-case hex.</summary>
    public string FinishHash()
    {
        var rest = new byte[1 << 16];
        while (Read(rest) > 0)
        {
        }

        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        if (_total > maxBytes)
        {
            throw new PromptException($"{path}: is larger than {maxBytes >> 20} MiB; split it or keep the rows that are needed");
        }

        _hash.AppendData(bytes);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _total; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
