using System.Security.Cryptography;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Tokenization;

/// <summary>A tokenizer alone, without its model.</summary>
/// <param name="Sha256">Of the file, lower-case hex.</param>
public sealed record LoadedTokenizer(Tokenizer Tokenizer, string Sha256)
{
    /// <param name="place">A folder with <c>tokenizer.json</c>, or such a file.</param>
    /// <exception cref="ModelLoadException">It is missing, unreadable or of a kind that is not supported.</exception>
    public static LoadedTokenizer Load(string place)
    {
        var file = Directory.Exists(place) ? Path.Combine(place, "tokenizer.json") : place;
        var content = JsonFile.ReadBytes(file, "the byte-level BPE tokenizer");
        return new LoadedTokenizer(TokenizerFile.Parse(file, content), Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}
