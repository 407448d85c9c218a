using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Workers;

/// <summary>What a worker is told to load.</summary>
internal sealed record WorkerStart(string Model, string Device, int Index, ReplicaOptions Sizes);

/// <summary>Why a worker could not load it: place and whole message of a <see cref="ModelLoadException"/>.</summary>
internal sealed record WorkerRefusal(string Place, string Message)
{
    public ModelLoadException ToException() => new(
        Place, Message.StartsWith(Place + ": ", StringComparison.Ordinal) ? Message[(Place.Length + 2)..] : Message);
}

/// <summary>The payloads of the frames.</summary>
internal static class WorkerMessages
{
    public static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value);

    /// <exception cref="InvalidDataException">The payload is not what the other side of this version sends.</exception>
    public static T Read<T>(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(payload) ?? throw new InvalidDataException("a frame holds null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"a frame does not hold a {typeof(T).Name}", e);
        }
    }

    /// <summary>Posts a request without its text: the worker gets the tokens.</summary>
    public static void PostGenerate(this FrameWriter writer, uint number, GenerationRequest request, ReadOnlySpan<int> prompt)
    {
        var head = new byte[sizeof(int) + (prompt.Length * sizeof(int))];
        BinaryPrimitives.WriteInt32LittleEndian(head, prompt.Length);
        MemoryMarshal.AsBytes(prompt).CopyTo(head.AsSpan(sizeof(int)));
        writer.Post(FrameKind.Generate, number, head, Json(request with { Messages = [], Prompt = null }));
    }

    public static (GenerationRequest Request, int[] Prompt) ReadGenerate(ReadOnlySpan<byte> payload)
    {
        var count = payload.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (count < 0 || count > (payload.Length - sizeof(int)) / sizeof(int))
        {
            throw new InvalidDataException("a request does not hold the tokens that it counts");
        }

        var tokens = payload.Slice(sizeof(int), count * sizeof(int));
        return (Read<GenerationRequest>(payload[(sizeof(int) + tokens.Length)..]), MemoryMarshal.Cast<byte, int>(tokens).ToArray());
    }

    public static (int Count, string Text) ReadTokens(ReadOnlySpan<byte> payload) => payload.Length < sizeof(int)
        ? throw new InvalidDataException("tokens without their count")
        : (BinaryPrimitives.ReadInt32LittleEndian(payload), Encoding.UTF8.GetString(payload[sizeof(int)..]));
}
