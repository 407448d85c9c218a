using System.Text;

namespace ChaosBench.Server;

/// <summary>How likely the model found a token: the natural logarithm of its probability before temperature, penalties and filters.</summary>
/// <param name="Bytes">UTF-8 of the token, maybe half a character; empty for a special token.</param>
/// <param name="LogProb">At most 0.</param>
/// <param name="Top">The likeliest tokens at this place, the likeliest first; empty inside an alternative.</param>
public sealed record TokenLogProb(int Token, ReadOnlyMemory<byte> Bytes, double LogProb, IReadOnlyList<TokenLogProb> Top)
{
    /// <summary>Halves of characters are U+FFFD.</summary>
    public string ToText() => Encoding.UTF8.GetString(Bytes.Span);
}
