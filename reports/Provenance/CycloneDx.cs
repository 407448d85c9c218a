using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChaosBench.Reports.Provenance;

/// <summary>
/// A parts list as CycloneDX 1.6 JSON. The same parts give the same bytes: there is no time in it, and the serial number is
/// derived from the
/// content (RFC 9562, version 8).
/// </summary>
public static partial class CycloneDx
{
    /// <summary>
    /// Identifiers that are written as <c>license.id</c>, which CycloneDX checks against a list of its own. What is put together
    /// is an
    /// <c>expression</c>, any other word a name.
    /// </summary>
    private static readonly string[] KnownIds =
    [
        "0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-4.0",
            "CC-BY-NC-4.0",
        "CC-BY-SA-4.0", "CC0-1.0", "EPL-2.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC",
            "LGPL-2.1-only",
        "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "MS-PL", "OpenSSL", "PostgreSQL",
            "Unlicense", "Zlib",
    ];

    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n",
        Encoder = JavaScriptEncoder.Default };

    /// <param name="toolVersion">Of the ChaosBench that writes it.</param>
    public static string Write(PartsList list, string toolVersion)
    {
        ArgumentNullException.ThrowIfNull(list);
        var content = Render(list, toolVersion, null);
        return Encoding.UTF8.GetString(Render(list, toolVersion, Serial(SHA256.HashData(content)))) + "\n";
    }

    private static byte[] Render(PartsList list, string toolVersion, string? serial)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Layout))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            if (serial is not null)
            {
                json.WriteString("serialNumber", serial);
            }

            json.WriteNumber("version", 1);
            json.WriteStartObject("metadata");
            json.WriteStartObject("tools");
            json.WriteStartArray("components");
            Write(json, new Component("chaosbench") { Kind = ComponentKind.Application, Version = toolVersion }, null);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WritePropertyName("component");
            Write(json, list.Whole, RefOf(list.Whole));
            json.WriteEndObject();
            json.WriteStartArray("components");
            foreach (var part in list.Parts)
            {
                Write(json, part, RefOf(part));
            }

            json.WriteEndArray();
            Dependencies(json, list);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Component part, string? reference)
    {
        json.WriteStartObject();
        json.WriteString("type", TypeOf(part.Kind));
        Optional(json, "bom-ref", reference);
        json.WriteString("name", part.Name);
        Optional(json, "version", part.Version);
        Optional(json, "description", part.Description);
        Optional(json, "scope", part.IsBuildOnly ? "excluded" : null);
        if (part.Hashes.Count > 0)
        {
            json.WriteStartArray("hashes");
            foreach (var (algorithm, hex) in part.Hashes)
            {
                json.WriteStartObject();
                json.WriteString("alg", algorithm);
                json.WriteString("content", hex);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        Licence(json, part);
        Optional(json, "purl", part.Purl);
        Properties(json, part);
        json.WriteEndObject();
    }

    private static void Licence(Utf8JsonWriter json, Component part)
    {
        if (part.Licence is not { } stated)
        {
            return;
        }

        json.WriteStartArray("licenses");
        json.WriteStartObject();
        var (expression, _) = SpdxExpression.Parse(stated);
        if (KnownIds.FirstOrDefault(id => id.Equals(stated, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            json.WriteStartObject("license");
            json.WriteString("id", known);
            json.WriteEndObject();
        }
        else if (expression is not (null or SpdxExpression.Licence { Exception: null, OrLater: false }))
        {
            json.WriteString("expression", expression.ToString());
        }
        else
        {
            json.WriteStartObject("license");
            json.WriteString("name", stated);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Properties(Utf8JsonWriter json, Component part)
    {
        var all = part.Properties.Concat(part.LicenceSource is { } source ? [KeyValuePair.Create("licence-source", source)] : [])
            .ToList();
        if (all.Count == 0)
        {
            return;
        }

        json.WriteStartArray("properties");
        foreach (var (name, value) in all)
        {
            json.WriteStartObject();
            json.WriteString("name", "chaosbench:" + name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Of each what it needs; the whole needs what nothing else needs.</summary>
    private static void Dependencies(Utf8JsonWriter json, PartsList list)
    {
        var byName = list.Parts.DistinctBy(part => part.Name).ToDictionary(part => part.Name, RefOf);
        var needed = list.Parts.SelectMany(part => part.Needs).ToHashSet(StringComparer.Ordinal);
        json.WriteStartArray("dependencies");
        Dependency(json, RefOf(list.Whole), list.Parts.Where(part => !part.IsBuildOnly && !needed.Contains(part.Name))
            .Select(RefOf));
        foreach (var part in list.Parts)
        {
            Dependency(json, RefOf(part), part.Needs.Select(byName.GetValueOrDefault).OfType<string>());
        }

        json.WriteEndArray();
    }

    private static void Dependency(Utf8JsonWriter json, string reference, IEnumerable<string> on)
    {
        json.WriteStartObject();
        json.WriteString("ref", reference);
        json.WriteStartArray("dependsOn");
        foreach (var other in on.Where(other => other != reference).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(other);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>A reference is any text that is unique in the document.</summary>
    private static string RefOf(Component part) => part.Purl ?? $"{TypeOf(part.Kind)}:{part.Name}";

    private static string TypeOf(ComponentKind kind) => kind switch
    {
        ComponentKind.Application => "application",
        ComponentKind.Framework => "framework",
        ComponentKind.Library => "library",
        ComponentKind.File => "file",
        ComponentKind.MachineLearningModel => "machine-learning-model",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Serial(ReadOnlySpan<byte> hash)
    {
        Span<byte> id = stackalloc byte[16];
        hash[..16].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return string.Create(CultureInfo.InvariantCulture, $"urn:uuid:{Groups().Replace(Convert.ToHexStringLower(id), "$1-$2-$3-$4-$5")}");
    }

    [GeneratedRegex("^(.{8})(.{4})(.{4})(.{4})(.{12})$")]
    private static partial Regex Groups();
}
