using System.Text;

namespace ChaosBench.Chaos.Models;

/// <summary>Where the numbers of one weight lie.</summary>
/// <param name="File">Absolute; the graph itself, or a file of external data beside it.</param>
/// <param name="Offset">Of the first byte in that file.</param>
/// <param name="Length">Bytes.</param>
internal sealed record WeightTensor(string Name, WeightType Type, string File, long Offset, long Length)
{
    public long Count => Length / Type.Bytes;
}

/// <summary>
/// Finds the weights of an ONNX graph without loading it: the initializers whose numbers are raw bytes, in the file or in external data.
/// Reads headers and skips the numbers, so a model of gigabytes costs nothing.
/// </summary>
/// <remarks>
/// Protocol Buffers wire format; fields of <c>onnx.proto</c>: ModelProto.graph 7, GraphProto.initializer 5, TensorProto.data_type 2, name 8,
/// raw_data 9, external_data 13 (key 1, value 2).
/// </remarks>
internal static class ModelWeights
{
    private const int MostNameBytes = 4096;

    /// <exception cref="InvalidDataException">The file is no ONNX graph, or its weights lie outside their files.</exception>
    public static IReadOnlyList<WeightTensor> Find(string graph)
    {
        using var file = new FileStream(graph, FileMode.Open, FileAccess.Read, FileShare.Read);
        var reader = new WireReader(file);
        var found = new List<WeightTensor>();
        foreach (var model in reader.Fields(file.Length))
        {
            if (model.Number == 7 && model.IsBlock)
            {
                foreach (var part in reader.Fields(model.End))
                {
                    if (part.Number == 5 && part.IsBlock && Tensor(reader, part.End, graph) is { } tensor)
                    {
                        found.Add(tensor);
                    }
                }
            }
        }

        return found;
    }

    private static WeightTensor? Tensor(WireReader reader, long end, string graph)
    {
        var (name, type, offset, length, place) = ("", 0L, 0L, -1L, graph);
        foreach (var field in reader.Fields(end))
        {
            switch (field.Number)
            {
                case 2:
                    type = field.Value;
                    break;
                case 8 when field.IsBlock:
                    name = reader.Text(field, MostNameBytes);
                    break;
                case 9 when field.IsBlock:
                    (offset, length) = (field.Start, field.End - field.Start);
                    break;
                case 13 when field.IsBlock:
                    External(reader, field.End, graph, ref place, ref offset, ref length);
                    break;
            }
        }

        if (length <= 0 || WeightType.Of(type) is not { } known)
        {
            return null;
        }

        var all = new FileInfo(place);
        return all.Exists && offset >= 0 && offset <= all.Length - length
            ? new WeightTensor(name, known, place, offset, length)
            : throw new InvalidDataException($"{graph}: the weight {name} lies outside {Path.GetFileName(place)}; the file is not whole");
    }

    private static void External(WireReader reader, long end, string graph, ref string place, ref long offset, ref long length)
    {
        var (key, value) = ("", "");
        foreach (var field in reader.Fields(end))
        {
            if (field.IsBlock && field.Number is 1 or 2)
            {
                var text = reader.Text(field, MostNameBytes);
                (key, value) = field.Number == 1 ? (text, value) : (key, text);
            }
        }

        switch (key)
        {
            // A graph may not reach for files elsewhere.
            case "location" when Path.GetFileName(value) == value && value.Length > 0:
                place = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(graph))!, value);
                break;
            case "location":
                throw new InvalidDataException($"{graph}: its weights lie in {value}, outside its folder");
            case "offset":
                offset = Number(value, graph);
                break;
            case "length":
                length = Number(value, graph);
                break;
        }
    }

    private static long Number(string text, string graph) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"{graph}: '{text}' is no place in a file");
}

/// <summary>One field of a message.</summary>
/// <param name="Value">Of a varint.</param>
/// <param name="Start">Of a block: its first byte.</param>
/// <param name="End">Behind it.</param>
internal readonly record struct WireField(int Number, bool IsBlock, long Value, long Start, long End);

/// <summary>Walks Protocol Buffers messages of a file. Whatever lies in a block and is not asked for is skipped.</summary>
internal sealed class WireReader(Stream file)
{
    /// <summary>The fields from here to <paramref name="end"/>; what the caller reads of a block is its own.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
    public IEnumerable<WireField> Fields(long end)
    {
        while (file.Position < end)
        {
            var tag = Varint();
            // Hostile numbers wrap to what the check below refuses.
            var (number, wire) = unchecked(((int)(tag >> 3), (int)(tag & 7)));
            var value = wire == 0 ? Varint() : 0;
            var length = wire switch
            {
                0 => 0,
                1 => 8,
                2 => unchecked((long)Varint()),
                5 => 4,
                _ => throw Broken(),
            };
            var start = file.Position;
            if (number == 0 || length < 0 || length > end - start)
            {
                throw Broken();
            }

            yield return new WireField(number, wire == 2, unchecked((long)value), start, start + length);
            file.Position = start + length;
        }
    }

    public string Text(WireField field, int most)
    {
        var bytes = new byte[Math.Min(field.End - field.Start, most)];
        file.Position = field.Start;
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.ReadByte();
            if (next < 0)
            {
                throw Broken();
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private InvalidDataException Broken() => new($"{(file as FileStream)?.Name}: is no ONNX graph");
}
