using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChaosBench.Reports.Journal;

/// <summary>A SHA-256 in place, 32 bytes: as text it would be the largest thing that a request leaves behind. Written as lower-case hex.</summary>
public readonly struct Sha256Digest : IEquatable<Sha256Digest>
{
    // A state for each hash, as the one-shot method makes it, costs more than to hash a short text.
    [ThreadStatic]
    private static IncrementalHash? _hash;

    private readonly Bytes _bytes;

    private Sha256Digest(Bytes bytes) => _bytes = bytes;

    public static Sha256Digest Of(ReadOnlySpan<byte> data)
    {
        var bytes = default(Bytes);
        var hash = _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(data);
        hash.GetHashAndReset(bytes);
        return new Sha256Digest(bytes);
    }

    /// <param name="hex">UTF-8.</param>
    public static bool TryParse(ReadOnlySpan<byte> hex, out Sha256Digest digest)
    {
        var bytes = default(Bytes);
        var whole = hex.Length == 2 * SHA256.HashSizeInBytes
            && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        digest = whole ? new Sha256Digest(bytes) : default;
        return whole;
    }

    /// <param name="hex">Room for 64 bytes, UTF-8.</param>
    public void Format(Span<byte> hex) => Convert.TryToHexStringLower(_bytes, hex, out _);

    public bool Equals(Sha256Digest other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => obj is Sha256Digest other && Equals(other);

    public override int GetHashCode() => Unsafe.ReadUnaligned<int>(in _bytes[0]);

    public override string ToString() => Convert.ToHexStringLower(_bytes);

    public static bool operator ==(Sha256Digest left, Sha256Digest right) => left.Equals(right);

    public static bool operator !=(Sha256Digest left, Sha256Digest right) => !left.Equals(right);

    [InlineArray(SHA256.HashSizeInBytes)]
    private struct Bytes
    {
        private byte _first;
    }

    internal sealed class Converter : JsonConverter<Sha256Digest>
    {
        public override Sha256Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && TryParse(reader.ValueSpan, out var digest)
                ? digest
                : throw new JsonException("a SHA-256 is 64 hex digits");

        public override void Write(Utf8JsonWriter writer, Sha256Digest value, JsonSerializerOptions options)
        {
            Span<byte> hex = stackalloc byte[2 * SHA256.HashSizeInBytes];
            value.Format(hex);
            writer.WriteStringValue(hex);
        }
    }
}
