using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Reports.Importing;

/// <summary>A JSON value of a result file and its place: reads typed, bounded numbers, and says where one is wrong.</summary>
/// <param name="Path"><c>$.ttfts[17]</c>; of lines of JSON with the line's number before it.</param>
public readonly record struct JsonAt(ResultFile File, JsonElement Element, string Path)
{
    /// <summary>No duration, count or rate of a load test is larger, whatever its unit.</summary>
    private const double Most = 1e19;

    private const int LongestText = 400;

    public JsonValueKind Kind => Element.ValueKind;

    /// <summary>Null: there is no such key, or it says null.</summary>
    public JsonAt? this[string name] =>
        Kind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonAt(File, value, $"{Path}.{name}") : null;

    public JsonAt Need(string name) => this[name] ?? throw Wrong($"'{name}' is missing");

    /// <summary>Keys that are there and not null.</summary>
    public IEnumerable<string> Keys => Kind == JsonValueKind.Object
        ? Element.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null).Select(one => one.Name)
        : [];

    /// <summary>At most so many; more throws.</summary>
    public IEnumerable<JsonAt> Items(int most)
    {
        Bounded(most);
        var index = 0;
        foreach (var item in Element.EnumerateArray())
        {
            yield return this with { Element = item, Path = FormattableString.Invariant($"{Path}[{index++}]") };
        }
    }

    /// <summary>Numbers of a list; paths are made only for those that are wrong.</summary>
    /// <param name="scale">Factor to the base unit.</param>
    public double[] Numbers(int most, double scale = 1)
    {
        Bounded(most);
        var values = new double[Element.GetArrayLength()];
        var index = 0;
        foreach (var item in Element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out var value) || !(value >= 0) || value > Most)
            {
                throw (this with { Element = item, Path = FormattableString.Invariant($"{Path}[{index}]") }).Wrong("is no number from 0 on");
            }

            values[index++] = value * scale;
        }

        return values;
    }

    /// <summary>A finite number; one in quotes counts too, which some tools write.</summary>
    public double Number()
    {
        var value = double.NaN;
        var known = Kind switch
        {
            JsonValueKind.Number => Element.TryGetDouble(out value),
            JsonValueKind.String => double.TryParse(Element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
        return known && Math.Abs(value) <= Most ? value : throw Wrong("is no finite number");
    }

    /// <summary>From 0 on; a duration, a count, a rate.</summary>
    /// <param name="scale">Factor to the base unit.</param>
    public double Amount(double scale = 1) => Number() is >= 0 and var value ? value * scale : throw Wrong("is negative, which no amount of this kind is");

    public int Count() => Amount() is var value && value == Math.Floor(value) && value <= int.MaxValue ? (int)value : throw Wrong("is no count");

    /// <summary>Nanoseconds of the Unix epoch and the like.</summary>
    public long Whole() => Kind == JsonValueKind.Number && Element.TryGetInt64(out var value) && value >= 0 ? value : throw Wrong("is no whole number from 0 on");

    /// <summary>One line of bounded length, or the number as it is written.</summary>
    public string Text()
    {
        var text = Kind switch
        {
            JsonValueKind.String => String(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Element.GetRawText(),
            _ => throw Wrong("is no text"),
        };
        text = string.Concat(text.Take(LongestText).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length == LongestText ? text + "..." : text;
    }

    private string String()
    {
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("is no text in UTF-8");
        }
    }

    public ImportException Wrong(string what)
    {
        var value = Kind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Undefined ? "" : " " + Short(Element.GetRawText());
        return new ImportException($"{File.Name}:{Path}:{value} {what}; name the file as the tool wrote it");
    }

    private void Bounded(int most)
    {
        if (Kind != JsonValueKind.Array)
        {
            throw Wrong("is no list");
        }

        if (Element.GetArrayLength() > most)
        {
            throw Wrong(FormattableString.Invariant($"is a list of {Element.GetArrayLength()}, and at most {most} are read"));
        }
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
