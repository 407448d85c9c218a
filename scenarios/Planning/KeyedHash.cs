using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Decisions by key instead of by draw order: the same (seed, name, key) gives the same answer whatever runs beside it, so a
/// fault has the same victims at concurrency 1 and 64.
/// </summary>
public static class KeyedHash
{
    /// <summary>First 8 bytes (little endian) of SHA-256 over seed, name and key, separated so that no two triples collide by joining.</summary>
    public static ulong Hash64(ulong seed, string name, string key)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(name);
        var length = 8 + 4 + nameBytes + Encoding.UTF8.GetByteCount(key);
        var text = length <= 256 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteUInt64LittleEndian(text, seed);
        BinaryPrimitives.WriteInt32LittleEndian(text[8..], nameBytes);
        Encoding.UTF8.GetBytes(name, text[12..]);
        Encoding.UTF8.GetBytes(key, text[(12 + nameBytes)..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public static double Unit(ulong seed, string name, string key) => (Hash64(seed, name, key) >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with probability <paramref name="share"/>: never at 0, always at 1.</summary>
    public static bool Coin(ulong seed, string name, string key, double share) => Unit(seed, name, key) < share;

    /// <summary>A generator of its own for everything that one name decides.</summary>
    public static SplitMix64 Stream(ulong seed, string name, string key = "") => new(Hash64(seed, name, key));
}
