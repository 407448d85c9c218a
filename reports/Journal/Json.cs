using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// How every file of a run folder writes JSON: camelCase names, kebab-case values of enums, metrics in snake_case, absent instead
/// of null, <c>"Infinity"</c> where a request never ended. Names are the contract: renaming a property needs a new schema.
/// </summary>
internal static class Json
{
    /// <summary>One line, for the journal.</summary>
    public static JsonSerializerOptions Line { get; } = Options(indented: false);

    /// <summary>Indented, for files that people open.</summary>
    public static JsonSerializerOptions Document { get; } = Options(indented: true);

    /// <summary>The kinds of journal lines by their <c>t</c>.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["run"] = typeof(JournalEvent.RunStarted),
        ["request"] = typeof(JournalEvent.Observation),
        ["score"] = typeof(JournalEvent.Score),
        ["judged"] = typeof(JournalEvent.Judged),
        ["golden"] = typeof(JournalEvent.GoldenCompared),
        ["hard-fail"] = typeof(JournalEvent.HardFail),
        ["fault"] = typeof(JournalEvent.FaultTransition),
        ["injection"] = typeof(JournalEvent.Injection),
        ["detection"] = typeof(JournalEvent.Detection),
        ["decided"] = typeof(JournalEvent.Decided),
        ["started"] = typeof(JournalEvent.TargetStarted),
        ["note"] = typeof(JournalEvent.Note),
        ["generator"] = typeof(JournalEvent.GeneratorSample),
        ["shard"] = typeof(JournalEvent.ShardBegan),
        ["end"] = typeof(JournalEvent.RunEnded),
        ["clock"] = typeof(JournalEvent.ClockStarted),
        ["attempt"] = typeof(JournalEvent.Attempt),
        ["server"] = typeof(JournalEvent.ServerSample),
    };

    private static JsonSerializerOptions Options(bool indented)
    {
        var resolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds, TimeFirst, AbsentIsNull, LeaveOutEmpty } };
        var options = new JsonSerializerOptions
        {
            WriteIndented = indented,
            NewLine = "\n",
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            AllowOutOfOrderMetadataProperties = true,
            MaxDepth = 32,
            TypeInfoResolver = resolver,
            Converters =
            {
                new TokenGapConverter(),
                new Sha256Digest.Converter(),
                new JsonStringEnumConverter<MetricId>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
            },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Type != typeof(JournalEvent))
        {
            return;
        }

        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "t" };
        foreach (var (name, type) in Kinds)
        {
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, name));
        }
    }

    /// <summary>A person reading the journal wants the instant first.</summary>
    private static void TimeFirst(JsonTypeInfo info)
    {
        if (info.Type.IsSubclassOf(typeof(JournalEvent)))
        {
            info.Properties.Single(property => property.Name == "at").Order = -1;
        }
    }

    /// <summary>Null is written by leaving the property out, so that a required one that may be null must be readable from nothing.</summary>
    private static void AbsentIsNull(JsonTypeInfo info)
    {
        foreach (var property in info.Properties.Where(property => Nullable.GetUnderlyingType(property.PropertyType) is not null))
        {
            property.IsRequired = false;
        }
    }

    /// <summary>An empty list of a journal line reads back as its default, so it need not be written.</summary>
    private static void LeaveOutEmpty(JsonTypeInfo info)
    {
        if (!info.Type.IsSubclassOf(typeof(JournalEvent)))
        {
            return;
        }

        foreach (var property in info.Properties)
        {
            if (!property.IsRequired && typeof(System.Collections.IEnumerable).IsAssignableFrom(property.PropertyType)
                && property.PropertyType != typeof(string))
            {
                property.ShouldSerialize = (_, value) => value is System.Collections.ICollection { Count: > 0 };
            }
        }
    }

    /// <summary><c>[nanos, tokens]</c>: there is one for every token of a run.</summary>
    private sealed class TokenGapConverter : JsonConverter<TokenGap>
    {
        public override TokenGap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
            {
                throw new JsonException("a gap is [nanoseconds, tokens]");
            }

            var nanos = reader.GetInt64();
            reader.Read();
            var tokens = reader.GetInt32();
            return reader.Read() && reader.TokenType == JsonTokenType.EndArray
                ? new TokenGap(nanos, tokens)
                : throw new JsonException("a gap is [nanoseconds, tokens]");
        }

        public override void Write(Utf8JsonWriter writer, TokenGap value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(value.Nanos);
            writer.WriteNumberValue(value.Tokens);
            writer.WriteEndArray();
        }
    }
}
