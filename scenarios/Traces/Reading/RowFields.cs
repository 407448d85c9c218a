using System.Text.Json;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>
/// Fields of one JSON object by any of their names. The first that is wrong names the row's flaw; what is absent is null.
/// </summary>
internal sealed class RowFields(JsonElement row)
{
    private const int MostTokens = 100_000_000;
    private const int MostIds = 1_000_000;

    public string? Flaw { get; private set; }

    public TraceItem Item(int line, Func<TraceRecord> record)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            return new TraceItem.Skipped(line, "not a JSON object");
        }

        var made = record();
        return Flaw is { } flaw ? new TraceItem.Skipped(line, flaw) : new TraceItem.Row(made with { Line = line });
    }

    public void Refuse(string flaw) => Flaw ??= flaw;

    public long? Time(TimeUnit unit, params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } found)
        {
            return null;
        }

        var text = found.Value.ValueKind == JsonValueKind.Number ? found.Value.GetRawText() : JsonRow.Scalar(found.Value) ?? "";
        var time = TimeUnits.Parse(text, unit);
        if (time is null)
        {
            Refuse($"{found.Name} is no time in {unit.ToString().ToLowerInvariant()}");
        }

        return time;
    }

    public int? Tokens(params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } found)
        {
            return null;
        }

        // Some writers say 512.0.
        if (found.Value.ValueKind == JsonValueKind.Number && found.Value.TryGetDecimal(out var number)
            && number is >= 0 and <= MostTokens && number == decimal.Truncate(number))
        {
            return (int)number;
        }

        Refuse(FormattableString.Invariant($"{found.Name} is no number of tokens (0 to {MostTokens})"));
        return null;
    }

    public int Needed(params ReadOnlySpan<string> names)
    {
        var tokens = Tokens(names);
        if (tokens is null)
        {
            Refuse($"has no {names[0]}");
        }

        return tokens ?? 0;
    }

    public long[]? Ids(string name)
    {
        if (Find(name) is not { } found)
        {
            return null;
        }

        if (found.Value.ValueKind == JsonValueKind.Array && found.Value.GetArrayLength() <= MostIds)
        {
            var ids = new long[found.Value.GetArrayLength()];
            var at = 0;
            foreach (var id in found.Value.EnumerateArray())
            {
                if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out ids[at++]))
                {
                    Refuse($"{name} holds something that is no whole number");
                    return null;
                }
            }

            return ids;
        }

        Refuse($"{name} is no list of whole numbers");
        return null;
    }

    /// <summary>As <see cref="Ids"/>, but small numbers from 0 on: places and turns.</summary>
    public int[]? Numbers(string name)
    {
        if (Ids(name) is not { } ids)
        {
            return null;
        }

        if (Array.Exists(ids, id => id is < 0 or > MostIds))
        {
            Refuse(FormattableString.Invariant($"{name} holds something that is not 0 to {MostIds}"));
            return null;
        }

        return Array.ConvertAll(ids, id => (int)id);
    }

    /// <summary>A text or a number as text, at most 256 characters: names, not content.</summary>
    public string? Name(params ReadOnlySpan<string> names) =>
        Find(names) is { } found && JsonRow.Scalar(found.Value) is { Length: > 0 and <= 256 } text ? text : null;

    public string? Text(params ReadOnlySpan<string> names) =>
        Find(names) is { Value.ValueKind: JsonValueKind.String } found ? JsonRow.Text(found.Value) : null;

    public JsonElement? Group(string name, JsonValueKind kind) =>
        Find(name) is { } found && found.Value.ValueKind == kind ? found.Value : null;

    private (string Name, JsonElement Value)? Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out var value)
                && value.ValueKind != JsonValueKind.Null)
            {
                return (name, value);
            }
        }

        return null;
    }
}
