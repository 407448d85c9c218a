using System.Buffers;
using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Byte-level BPE: any string has a token sequence and every token sequence has a text.
/// Special and added tokens come from the chat template and the post-processor only; their text in a prompt is encoded as plain bytes.
/// </summary>
/// <remarks>Immutable, safe for any number of threads. Lone surrogates become U+FFFD.</remarks>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly Dictionary<string, int> _added;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _added = parts.Added.ToDictionary(a => a.Text, a => a.Token, StringComparer.Ordinal);
    }

    /// <summary>Number of token ids, the largest id plus one.</summary>
    public int Vocabulary => _parts.Bytes.Length;

    /// <summary>The text as plain bytes, whatever it contains.</summary>
    public int[] Encode(string text)
    {
        var output = new List<int>(text.Length / 3 + 8);
        Append(text, output);
        return [.. output];
    }

    /// <summary>A raw prompt: the text as plain bytes between the tokens that the file's post-processor puts around it.</summary>
    public int[] EncodePrompt(string text)
    {
        var output = new List<int>(text.Length / 3 + 8);
        output.AddRange(_parts.Before);
        Append(text, output);
        output.AddRange(_parts.After);
        return [.. output];
    }

    /// <summary>Text in which the trusted stretches, and only they, may spell special tokens.</summary>
    public int[] Encode(TrustedText text)
    {
        var output = new List<int>(text.Length / 3 + 8);
        var whole = text.ToString();
        var plain = 0;
        foreach (var (start, end) in text.Trusted())
        {
            for (var at = start; at < end;)
            {
                if (SpecialAt(whole, at, end) is { } special)
                {
                    Append(whole[plain..at], output);
                    output.Add(special.Token);
                    at = plain = at + special.Text.Length;
                }
                else
                {
                    at++;
                }
            }
        }

        Append(whole[plain..], output);
        return [.. output];
    }

    /// <summary>The text of the tokens without the special ones; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(IReadOnlyList<int> tokens)
    {
        var bytes = new List<byte>(tokens.Count * 4);
        foreach (var token in tokens)
        {
            bytes.AddRange(BytesOf(token));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    public TextDecoder CreateDecoder() => new(this);

    /// <summary>Id of a special or added token by its text.</summary>
    public bool TryGetSpecial(string text, out int token) => _added.TryGetValue(text, out token);

    /// <summary>Bytes of a token: none for special tokens and for ids that the file leaves out.</summary>
    internal ReadOnlySpan<byte> BytesOf(int token) => (uint)token < (uint)_parts.Bytes.Length ? _parts.Bytes[token] : [];

    private (string Text, int Token)? SpecialAt(string text, int at, int end)
    {
        // The longest first, as they are sorted.
        foreach (var special in _parts.Added)
        {
            if (special.Text.Length <= end - at && string.CompareOrdinal(text, at, special.Text, 0, special.Text.Length) == 0)
            {
                return special;
            }
        }

        return null;
    }

    private void Append(string text, List<int> output)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_parts.Composes)
        {
            text = CanonicalForm.Compose(text);
        }

        // A UTF-16 unit is at most three bytes; one buffer serves all pieces.
        var rented = ArrayPool<byte>.Shared.Rent(checked(text.Length * 3) + 4);
        _parts.PreTokenizer.Split(text, piece =>
        {
            var bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(piece, rented));
            if (_parts.WholePieces is { } whole && whole.TryGetValue(ByteAlphabet.Encode(bytes), out var token))
            {
                output.Add(token);
            }
            else
            {
                _parts.Merges.Encode(bytes, output);
            }
        });
        ArrayPool<byte>.Shared.Return(rented);
    }
}
