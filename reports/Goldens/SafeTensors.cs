using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ChaosBench.Reports.Goldens;

/// <summary>
/// Matrices of 32-bit floats in a safetensors file: length of the header (8 bytes, little endian), header (JSON: name to dtype, shape,
/// data_offsets), data. What the header says is believed only where it adds up: offsets in order, without gaps and overlaps, to the
/// last byte of the file.
/// </summary>
public static class SafeTensors
{
    private const int LengthBytes = 8;
    private const int MostHeader = 1 << 20;
    private const long MostData = 2L << 30;

    /// <param name="matrices">Rows of one width each, by name.</param>
    public static void Write(string path, IReadOnlyDictionary<string, IReadOnlyList<float[]>> matrices)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            long offset = 0;
            foreach (var (name, rows) in matrices)
            {
                var width = rows.Count == 0 ? 0 : rows[0].Length;
                var bytes = sizeof(float) * (long)rows.Count * width;
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                Numbers(json, "shape", rows.Count, width);
                Numbers(json, "data_offsets", offset, offset + bytes);
                json.WriteEndObject();
                offset += bytes;
            }

            json.WriteEndObject();
        }

        // The format wants the data aligned; spaces after the JSON do that.
        var padding = (8 - ((int)header.Length % 8)) % 8;
        using var file = File.Create(path);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        file.Write(length);
        file.Write(header.GetBuffer().AsSpan(0, (int)header.Length));
        file.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        foreach (var row in matrices.Values.SelectMany(rows => rows))
        {
            file.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        }
    }

    /// <exception cref="GoldenException">Cut off, or a header that does not add up.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<float[]>> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length is < LengthBytes or > MostData)
            {
                throw Wrong(path, $"has {file.Length} bytes");
            }

            Span<byte> length = stackalloc byte[LengthBytes];
            file.ReadExactly(length);
            var header = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (header is < 2 or > MostHeader || header > file.Length - LengthBytes)
            {
                throw Wrong(path, $"says that its header has {header} bytes, and the file has {file.Length}");
            }

            var text = new byte[header];
            file.ReadExactly(text);
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            return Matrices(path, file, json.RootElement, file.Length - LengthBytes - header);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new GoldenException(GoldenReasons.Damaged, $"{path}: its header is not one of safetensors ({broken.Message.ReplaceLineEndings(" ")}); record the snapshot again", broken);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new GoldenException(GoldenReasons.Missing, $"{path}: cannot be read: {broken.Message}", broken);
        }
    }

    private static Dictionary<string, IReadOnlyList<float[]>> Matrices(string path, FileStream file, JsonElement header, long data)
    {
        var found = new Dictionary<string, IReadOnlyList<float[]>>(StringComparer.Ordinal);
        long end = 0;
        foreach (var entry in header.EnumerateObject().Where(entry => entry.Name != "__metadata__")
            .OrderBy(entry => entry.Value.GetProperty("data_offsets")[0].GetInt64()).ThenBy(entry => entry.Value.GetProperty("data_offsets")[1].GetInt64()))
        {
            var shape = entry.Value.GetProperty("shape");
            if (entry.Value.GetProperty("dtype").GetString() != "F32" || shape.GetArrayLength() != 2)
            {
                throw Wrong(path, $"holds '{entry.Name}', which is no matrix of F32");
            }

            var (rows, width) = (shape[0].GetInt32(), shape[1].GetInt32());
            var offsets = entry.Value.GetProperty("data_offsets");
            var (from, to) = (offsets[0].GetInt64(), offsets[1].GetInt64());
            if (rows < 0 || width < 0 || from != end || to > data || to - from != sizeof(float) * (long)rows * width)
            {
                throw Wrong(path, $"says that '{entry.Name}' is {rows} x {width} at bytes {from} to {to} of {data}, which cannot be");
            }

            found.Add(entry.Name, Rows(path, file, entry.Name, rows, width));
            end = to;
        }

        return end == data ? found : throw Wrong(path, $"has {data - end} bytes that its header does not speak of");
    }

    private static float[][] Rows(string path, FileStream file, string name, int rows, int width)
    {
        var matrix = new float[rows][];
        for (var row = 0; row < rows; row++)
        {
            matrix[row] = new float[width];
            file.ReadExactly(MemoryMarshal.AsBytes(matrix[row].AsSpan()));
            if (Array.Exists(matrix[row], value => !float.IsFinite(value)))
            {
                throw Wrong(path, $"holds a value in row {row} of '{name}' that is not a finite number");
            }
        }

        return matrix;
    }

    private static void Numbers(Utf8JsonWriter json, string name, params ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static GoldenException Wrong(string path, string what) =>
        new(GoldenReasons.Damaged, $"{path}: {what}: cut off or damaged; record the snapshot again");
}
