using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ChaosBench.Scenarios.Planning;

/// <summary>The name of a prompt's content in plans and journals, which never hold its text.</summary>
public static class PromptHash
{
    /// <summary>
    /// Lower-case hex SHA-256 of the raw body when there is one, else of each message's role and content, every one as its length
    /// and its UTF-16 units: lone surrogates count, and no two lists of messages collide by joining.
    /// </summary>
    public static string Sha256(PlannedPrompt prompt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (prompt.RawBody is { } body)
        {
            hash.AppendData(body.Span);
        }
        else
        {
            foreach (var message in prompt.Messages)
            {
                Append(hash, message.Role);
                Append(hash, message.Content);
            }
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
