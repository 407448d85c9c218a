using System.Text.Json;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>
/// Elements of the rows' arrays of a JSON document of any size, one at a time: those of a root array, of every array under one of
/// <paramref name="arrays"/> at any depth, or, when no array is named, root objects one after another (JSON lines).
/// </summary>
internal sealed class JsonElements(Stream stream, string path, string[] arrays)
{
    public const int MaxElement = 64 << 20;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64, AllowMultipleValues = true };

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _atEnd;
    private JsonReaderState _state = new(Options);
    private int _line = 1;
    private bool _isWanted;

    /// <summary>Depth of the brackets around the elements; -1 outside of such an array.</summary>
    private int _rows = -1;

    /// <param name="Line">On which the element begins.</param>
    public readonly record struct Part(int Line, JsonElement Element);

    /// <summary>Throws <see cref="PromptException"/> where the JSON is broken or cut off.</summary>
    public IEnumerable<Part> Read()
    {
        SkipByteOrderMark();
        while (Step() is { } step)
        {
            if (step.Part is { } part)
            {
                yield return part;
            }
        }
    }

    /// <summary>One token or one element. Null at the end.</summary>
    private (bool IsToken, Part? Part)? Step()
    {
        while (true)
        {
            try
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _atEnd, _state);
                if (reader.Read())
                {
                    if (IsElement(ref reader))
                    {
                        var line = _line + _buffer.AsSpan(_start, (int)reader.TokenStartIndex).Count((byte)'\n');
                        if (JsonElement.TryParseValue(ref reader, out var element))
                        {
                            Take(ref reader);
                            return (true, new Part(line, element.Value));
                        }
                    }
                    else
                    {
                        Follow(ref reader);
                        Take(ref reader);
                        return (true, null);
                    }
                }
                else if (_atEnd)
                {
                    return null;
                }
            }
            catch (JsonException broken)
            {
                // The reader's state carries its line, from 0 at the start of the document.
                throw new PromptException(
                    FormattableString.Invariant($"{path}:{(broken.LineNumber ?? 0) + 1}: the JSON is broken or cut off here; repair the file or fetch it again"), broken);
            }

            Fill();
        }
    }

    private bool IsElement(ref Utf8JsonReader reader) =>
        (_rows >= 0 && reader.CurrentDepth == _rows && reader.TokenType != JsonTokenType.EndArray)
        || (arrays.Length == 0 && reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.StartObject);

    private void Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _isWanted = Names(ref reader);
                return;
            case JsonTokenType.StartArray:
                if (_rows < 0 && (reader.CurrentDepth == 0 || _isWanted))
                {
                    _rows = reader.CurrentDepth + 1;
                }

                break;
            case JsonTokenType.EndArray when reader.CurrentDepth == _rows - 1:
                _rows = -1;
                break;
        }

        _isWanted = false;
    }

    private bool Names(ref Utf8JsonReader property)
    {
        foreach (var name in arrays)
        {
            if (property.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        var used = (int)reader.BytesConsumed;
        _line += _buffer.AsSpan(_start, used).Count((byte)'\n');
        _start += used;
        _state = reader.CurrentState;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxElement)
            {
                throw new PromptException(
                    FormattableString.Invariant(
                        $"{path}:{_line}: one element is larger than 64 MiB; is this really a list of requests?"));
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.ReadAtLeast(_buffer.AsSpan(_end), Math.Min(_buffer.Length - _end, 1 << 14), throwOnEndOfStream: false);
        _end += read;
        _atEnd = read == 0;
    }

    private void SkipByteOrderMark()
    {
        Fill();
        if (_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8))
        {
            _start += 3;
        }
    }
}
