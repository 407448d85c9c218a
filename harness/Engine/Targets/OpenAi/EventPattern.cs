using System.Buffers;
using System.Text.Unicode;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// The events of a stream mostly differ in their text alone. What is the same before and behind the text of the event before needs no
/// second reading: it would say the same.
/// <code>
/// {"id":"c1","choices":[{"delta":{"content":"  Hello  "},"finish_reason":null}]}
/// |---------------- before -----------------|  text  |-------- behind ---------|
/// </code>
/// Holds for an event with exactly one text, without escapes, and for the next one if nothing in its text ends or changes a string.
/// </summary>
internal sealed class EventPattern
{
    /// <summary>Longer events are not kept, so that a waiting stream stays small.</summary>
    private const int MaxBytes = 512;

    /// <summary>What may not stand in a JSON string as it is: quote, backslash, control characters.</summary>
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    private byte[] _event = [];
    private int _before;
    private int _behind;
    private int _texts;
    private int _start;
    private int _length;

    /// <summary>Another event is about to be read.</summary>
    public void Begin() => _texts = 0;

    /// <summary>Its text lies there; a negative length means that the text has escapes.</summary>
    public void Saw(int start, int length)
    {
        _texts++;
        (_start, _length) = (start, length);
    }

    /// <summary>It was read whole and well.</summary>
    public void End(ReadOnlySpan<byte> json)
    {
        _before = 0;
        if (_texts != 1 || _length <= 0 || json.Length - _length > MaxBytes)
        {
            return;
        }

        var behind = json[(_start + _length)..];
        if (_event.Length < _start + behind.Length)
        {
            _event = new byte[_start + behind.Length];
        }

        json[.._start].CopyTo(_event);
        behind.CopyTo(_event.AsSpan(_start));
        (_before, _behind) = (_start, behind.Length);
    }

    /// <returns>False when the event must be read.</returns>
    public bool TryRead(ReadOnlySpan<byte> json, Reply reply)
    {
        var length = json.Length - _before - _behind;
        if (_before == 0 || length <= 0 || !json.StartsWith(_event.AsSpan(0, _before)) || !json.EndsWith(_event.AsSpan(_before, _behind)))
        {
            return false;
        }

        var text = json.Slice(_before, length);
        if (text.ContainsAny(Special) || !Utf8.IsValid(text))
        {
            return false;
        }

        text.CopyTo(reply.Room(length));
        reply.Advance(length);
        return true;
    }

    /// <summary>Another stream follows.</summary>
    public void Clear() => (_before, _behind) = (0, 0);
}
