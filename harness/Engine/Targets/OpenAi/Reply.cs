using System.Buffers;
using System.Text;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>What a reply has said so far, in rented memory. Can be cleared and used for the next one.</summary>
internal sealed class Reply
{
    /// <summary>A reply with more output is an attack on our memory. UTF-8.</summary>
    public const int MaxTextBytes = 16 * 1024 * 1024;

    private const int FirstRoom = 256;

    private byte[] _text = [];
    private int _length;

    /// <summary>Events with at least one token: content, reasoning, refusal or tool-call arguments.</summary>
    public int TokenEvents { get; set; }

    public string? FinishReason { get; set; }
    public int? InputTokens { get; set; }
    public int? OutputTokens { get; set; }

    /// <summary>Type and code of an error object inside a reply that began well. Never its message: that may quote the prompt.</summary>
    public string? Error { get; set; }

    /// <summary>What its events generated, reasoning and tool calls too; null where nobody will count their tokens.</summary>
    public EventTexts? Events { get; init; }

    /// <summary>What the events of this reply look like.</summary>
    public EventPattern Pattern { get; } = new();

    /// <summary>Valid UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _text.AsSpan(0, _length);

    public string Text => Encoding.UTF8.GetString(_text.AsSpan(0, _length));

    public bool IsTooLarge => _length > MaxTextBytes;

    /// <summary>Room for <paramref name="size"/> more bytes; <see cref="Advance"/> says how many came.</summary>
    public Span<byte> Room(int size)
    {
        if (_text.Length - _length < size)
        {
            Grow(Math.Max(_length + size, Math.Max(FirstRoom, _text.Length * 2)));
        }

        return _text.AsSpan(_length);
    }

    /// <summary>So many bytes of the room are text of the event that is being read.</summary>
    public void Advance(int count)
    {
        Events?.Append(_text.AsSpan(_length, count));
        _length += count;
    }

    public void Clear()
    {
        Return();
        (_text, _length, TokenEvents) = ([], 0, 0);
        (FinishReason, InputTokens, OutputTokens, Error) = (null, null, null, null);
        Pattern.Clear();
        Events?.Clear();
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Utf8.CopyTo(larger);
        Return();
        _text = larger;
    }

    private void Return()
    {
        if (_text.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_text);
        }
    }
}
