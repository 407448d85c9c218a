namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Keeps what the events of a reply generated, so that its tokens can be counted afterwards.</summary>
internal sealed class EventTexts
{
    private readonly List<int> _ends = [];
    private byte[] _text = [];
    private int _length;

    /// <param name="text">A part of the event that is being read.</param>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (_length + text.Length > Reply.MaxTextBytes)
        {
            // Reasoning counts against no other limit. The reply is refused, or counted by what fits.
            text = text[..Math.Max(0, Reply.MaxTextBytes - _length)];
        }

        if (_text.Length - _length < text.Length)
        {
            Array.Resize(ref _text, Math.Max(_length + text.Length, Math.Max(256, _text.Length * 2)));
        }

        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    public void EndEvent() => _ends.Add(_length);

    public OutputPieces ToPieces() => new(_text.AsSpan(0, _length).ToArray(), _ends.ToArray());

    public void Clear()
    {
        _text = _text.Length > 8 * 1024 ? [] : _text;
        _length = 0;
        _ends.Clear();
    }
}
