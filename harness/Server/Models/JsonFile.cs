using System.Text.Json;

namespace ChaosBench.Server.Models;

/// <summary>
/// A value inside a JSON file of a model folder that knows where it stands, so that every complaint names file and key.
/// </summary>
internal readonly struct JsonFile
{
    // Real tokenizer files of 250,000 tokens are about 35 MB; a configuration is a few KB.
    private const long MaxBytes = 128L << 20;
    private const int MaxDepth = 32;

    private readonly JsonElement _value;
    private readonly string _key;

    private JsonFile(string place, string key, JsonElement value)
    {
        Place = place;
        _key = key;
        _value = value;
    }

    /// <summary>The file as the user wrote it.</summary>
    public string Place { get; }

    public JsonValueKind Kind => _value.ValueKind;

    public bool IsNull => Kind is JsonValueKind.Null or JsonValueKind.Undefined;

    public static JsonFile Parse(string place, ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return new JsonFile(place, "", document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new ModelLoadException(place, $"is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}); copy the file again", e);
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="maxBytes"/>; a missing one is told with what it is for.</summary>
    public static byte[] ReadBytes(string place, string purpose, long maxBytes = MaxBytes)
    {
        try
        {
            var length = new FileInfo(place).Length;
            return length <= maxBytes
                ? File.ReadAllBytes(place)
                : throw new ModelLoadException(place, $"has {length:N0} bytes; at most {maxBytes:N0} are read");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelLoadException(place, $"is missing; it holds {purpose}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(place, $"cannot be read ({e.Message})", e);
        }
    }

    /// <summary>The value under a name, or an undefined one.</summary>
    public JsonFile Find(string name) =>
        Kind == JsonValueKind.Object && _value.TryGetProperty(name, out var found)
            ? new JsonFile(Place, Below(name), found)
            : new JsonFile(Place, Below(name), default);

    public JsonFile Get(string name)
    {
        var found = Find(name);
        return found.Kind == JsonValueKind.Undefined ? throw found.Wrong("is missing") : found;
    }

    public string Text() => Kind == JsonValueKind.String ? _value.GetString()! : throw Expected("a string");

    public int Integer() => Kind == JsonValueKind.Number && _value.TryGetInt32(out var value) ? value : throw Expected("a whole number");

    public double Number() => Kind == JsonValueKind.Number ? _value.GetDouble() : throw Expected("a number");

    public int PositiveInteger() => Integer() is > 0 and var value ? value : throw Expected("a number of at least 1");

    public bool Flag(bool whenAbsent) => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => whenAbsent,
        _ => throw Expected("true or false"),
    };

    public IEnumerable<JsonFile> Items()
    {
        if (Kind != JsonValueKind.Array)
        {
            throw Expected("a list");
        }

        var index = 0;
        foreach (var item in _value.EnumerateArray())
        {
            yield return new JsonFile(Place, $"{_key}[{index}]", item);
            index++;
        }
    }

    public IEnumerable<(string Name, JsonFile Value)> Entries()
    {
        if (Kind != JsonValueKind.Object)
        {
            throw Expected("an object");
        }

        foreach (var entry in _value.EnumerateObject())
        {
            yield return (entry.Name, new JsonFile(Place, Below(entry.Name), entry.Value));
        }
    }

    public ModelLoadException Wrong(string problem) => new(Place, _key.Length == 0 ? problem : $"{_key} {problem}");

    private ModelLoadException Expected(string what) =>
        Wrong(Kind == JsonValueKind.Undefined ? $"is missing; expected {what}" : $"is not {what}");

    private string Below(string name) => _key.Length == 0 ? name : $"{_key}.{name}";
}
