using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// One line of JSON while it is made, in memory that serves line after line. Says nothing of JSON's grammar: that is its caller's. Text
/// is escaped exactly as the serializer escapes it.
/// </summary>
internal sealed class LineBuffer
{
    /// <summary>Larger memory is not kept for the next line.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    private const int FirstBytes = 1024;

    /// <summary>Digits of the longest number that is written: a double has 24 characters at most, a long 20.</summary>
    private const int MaxNumber = 32;

    /// <summary>What the serializer's encoder leaves as it is, by asking it.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(code => (char)code).Where(letter => JavaScriptEncoder.Default.Encode($"{letter}") == $"{letter}")]);

    private byte[] _bytes = new byte[FirstBytes];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _bytes = _bytes.Length > MaxKeptBytes ? new byte[FirstBytes] : _bytes;
        _length = 0;
    }

    /// <param name="bytes">JSON already.</param>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    /// <param name="before">What stands before the number, a name for example.</param>
    public void Number(ReadOnlySpan<byte> before, long number)
    {
        var room = Room(before.Length + MaxNumber);
        before.CopyTo(room);
        Utf8Formatter.TryFormat(number, room[before.Length..], out var digits);
        _length += before.Length + digits;
    }

    /// <summary>As <see cref="Number(ReadOnlySpan{byte}, long)"/>; neither infinite nor not a number.</summary>
    public void Number(ReadOnlySpan<byte> before, double number)
    {
        var room = Room(before.Length + MaxNumber);
        before.CopyTo(room);
        number.TryFormat(room[before.Length..], out var digits, default, CultureInfo.InvariantCulture);
        _length += before.Length + digits;
    }

    /// <summary>In quotes.</summary>
    public void Text(ReadOnlySpan<byte> before, string text)
    {
        Raw(before);
        var fit = text.AsSpan().ContainsAnyExcept(Plain) ? JavaScriptEncoder.Default.Encode(text) : text;
        var room = Room(fit.Length + 2);
        room[0] = (byte)'"';

        // What the encoder lets through is ASCII.
        Ascii.FromUtf16(fit, room[1..], out var written);
        room[written + 1] = (byte)'"';
        _length += written + 2;
    }

    /// <summary>Lower-case hex in quotes.</summary>
    public void Digest(ReadOnlySpan<byte> before, Sha256Digest digest)
    {
        Raw(before);
        var room = Room(66);
        room[0] = (byte)'"';
        digest.Format(room[1..65]);
        room[65] = (byte)'"';
        _length += 66;
    }

    private Span<byte> Room(int size)
    {
        if (_bytes.Length - _length < size)
        {
            Array.Resize(ref _bytes, Math.Max(_length + size, _bytes.Length * 2));
        }

        return _bytes.AsSpan(_length);
    }
}
