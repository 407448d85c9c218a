using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// The alphabet of byte-level BPE files: each of the 256 bytes is written as one printable character (GPT-2's table, which
/// tokenizer.json inherits): printable Latin-1 stands for itself, the other 68 bytes are counted up from U+0100.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    public static char ToCharacter(byte value) => Characters[value];

    /// <summary>The bytes that a token of the file stands for; false if a character is not of the alphabet.</summary>
    public static bool TryDecode(string token, out byte[] bytes)
    {
        bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            text.Append(Characters[b]);
        }

        return text.ToString();
    }

    private static char[] Build()
    {
        var table = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            table[b] = (char)(printable ? b : next++);
        }

        return table;
    }
}
