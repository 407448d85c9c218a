namespace ChaosBench.Engine.Targets.Http;

/// <summary>The line before a chunk: its size in hex digits, then perhaps extensions, which mean nothing here.</summary>
internal static class ChunkSize
{
    private const int MaxDigits = 15;

    /// <returns>What is wrong with it, or null.</returns>
    public static string? Read(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        var digits = 0;
        while (digits < line.Length && Digit(line[digits]) is var digit and >= 0)
        {
            if (++digits > MaxDigits)
            {
                return "a chunk size that no reply can have";
            }

            size = (size * 16) + digit;
        }

        var rest = line[digits..].TrimStart(" \t"u8);
        return digits == 0 || !(rest.IsEmpty || rest[0] == ';') ? "a chunk size that is no number" : null;
    }

    private static int Digit(byte letter) => letter switch
    {
        >= (byte)'0' and <= (byte)'9' => letter - '0',
        >= (byte)'a' and <= (byte)'f' => letter - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => letter - 'A' + 10,
        _ => -1,
    };
}
