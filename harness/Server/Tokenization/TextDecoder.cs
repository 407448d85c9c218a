using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Turns tokens into text as they come. A UTF-8 character that is not complete yet is kept back, never emitted in halves;
/// bytes that can no longer become one are U+FFFD, as <see cref="Tokenizer.Decode"/> has them.
/// </summary>
public sealed class TextDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly Decoder _decoder = new UTF8Encoding(false, false).GetDecoder();
    private char[] _characters = new char[64];

    internal TextDecoder(Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
    }

    /// <summary>The text that this token completes; "" while a character is incomplete, and for special tokens.</summary>
    public string Append(int token) => Convert(_tokenizer.BytesOf(token), flush: false);

    /// <summary>What is left at the end: "" or U+FFFD for a character that was cut off.</summary>
    public string Finish() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // One byte can complete at most two units, and the decoder may hold back up to three bytes.
        var most = bytes.Length + 4;
        if (_characters.Length < most)
        {
            _characters = new char[most];
        }

        var count = _decoder.GetChars(bytes, _characters, flush);
        return count == 0 ? "" : new string(_characters, 0, count);
    }
}
