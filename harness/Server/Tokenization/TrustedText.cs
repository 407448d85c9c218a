using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Text that remembers which stretches the model's own template wrote and which came from a caller. Only the former may
/// spell special tokens; this is what keeps a prompt that says <c>&lt;|end|&gt;</c> from ending its turn.
/// </summary>
public sealed class TrustedText
{
    private readonly List<(string Text, bool Trusted)> _parts = [];

    public int Length { get; private set; }

    public TrustedText Append(string text, bool trusted)
    {
        if (text.Length > 0)
        {
            _parts.Add((text, trusted));
            Length += text.Length;
        }

        return this;
    }

    public TrustedText Append(TrustedText other)
    {
        // A copy first: a text may be appended to itself.
        foreach (var (text, trusted) in other._parts.ToArray())
        {
            Append(text, trusted);
        }

        return this;
    }

    /// <summary>A stretch of it, with its marks.</summary>
    public TrustedText Slice(int start, int end)
    {
        var slice = new TrustedText();
        var at = 0;
        foreach (var (text, trusted) in _parts)
        {
            var from = Math.Clamp(start - at, 0, text.Length);
            var to = Math.Clamp(end - at, from, text.Length);
            slice.Append(text[from..to], trusted);
            at += text.Length;
        }

        return slice;
    }

    /// <summary>Start and end of the trusted stretches; neighbours are joined.</summary>
    public IEnumerable<(int Start, int End)> Trusted()
    {
        var at = 0;
        var start = -1;
        foreach (var (text, trusted) in _parts)
        {
            if (trusted && start < 0)
            {
                start = at;
            }
            else if (!trusted && start >= 0)
            {
                yield return (start, at);
                start = -1;
            }

            at += text.Length;
        }

        if (start >= 0)
        {
            yield return (start, at);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder(Length);
        foreach (var part in _parts)
        {
            text.Append(part.Text);
        }

        return text.ToString();
    }
}
