using System.Text.Unicode;

namespace ChaosBench.Reports.Inspection;

/// <summary>What the bytes of a prompt file say before anyone has decoded them.</summary>
internal static class Encodings
{
    public static IEnumerable<InspectionFinding> Look(byte[] file)
    {
        var bytes = file.AsSpan();
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return [new InspectionFinding("encoding", "the file begins with the mark of UTF-16; save it as UTF-8", 1, [])];
        }

        var found = new List<InspectionFinding>();
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            found.Add(new InspectionFinding("byte-order-mark", "the file begins with a byte order mark, which some readers take for a part of the first prompt", 1, []));
        }

        if (!Utf8.IsValid(bytes))
        {
            found.Add(new InspectionFinding("encoding", "the file is not valid UTF-8: readers replace or refuse what they cannot decode", 1, []));
        }

        var (pairs, returns, feeds) = (bytes.Count("\r\n"u8), bytes.Count((byte)'\r'), bytes.Count((byte)'\n'));
        if (returns > 0 && (pairs != returns || pairs != feeds))
        {
            found.Add(new InspectionFinding(
                "line-ends", FormattableString.Invariant($"line ends are mixed: {pairs} CR LF, {returns - pairs} CR alone, {feeds - pairs} LF alone"), returns, []));
        }

        return found;
    }
}
