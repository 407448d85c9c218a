using System.Text;

namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>The head of a reply as lines, for those who change it. Bytes beyond ASCII keep their values.</summary>
internal sealed class HeadLines
{
    private readonly List<string> _lines;

    private HeadLines(ReplyHead facts, List<string> lines) => (Facts, _lines) = (facts, lines);

    public ReplyHead Facts { get; }

    /// <param name="head">With the empty line at its end.</param>
    public static HeadLines Of(ReplyHead facts, ReadOnlySpan<byte> head) =>
        new(facts, [.. Encoding.Latin1.GetString(head[..^4]).Split("\r\n")]);

    public void Remove(string name) =>
        _lines.RemoveAll(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    public void Set(string name, string value)
    {
        Remove(name);
        _lines.Add($"{name}: {value}");
    }

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Join("\r\n", _lines) + "\r\n\r\n");
}
