using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>
/// Strings of a JSON document as they were written: an escaped lone surrogate (<c>"\ud800"</c>) is legal JSON and stays what it
/// is, where <see cref="JsonElement.GetString"/> throws. Expects a document that was parsed from valid UTF-8.
/// </summary>
internal static class JsonText
{
    public static string ValueOf(JsonElement text) => Unescape(JsonMarshal.GetRawUtf8Value(text)[1..^1]);

    public static string NameOf(JsonProperty property) => Unescape(JsonMarshal.GetRawUtf8PropertyName(property));

    private static string Unescape(ReadOnlySpan<byte> raw)
    {
        var escape = raw.IndexOf((byte)'\\');
        if (escape < 0)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var text = new StringBuilder(raw.Length);
        while (escape >= 0)
        {
            text.Append(Encoding.UTF8.GetString(raw[..escape]));
            var (character, length) = Escaped(raw[(escape + 1)..]);
            text.Append(character);
            raw = raw[(escape + 1 + length)..];
            escape = raw.IndexOf((byte)'\\');
        }

        return text.Append(Encoding.UTF8.GetString(raw)).ToString();
    }

    private static (char Character, int Length) Escaped(ReadOnlySpan<byte> rest) => rest[0] switch
    {
        (byte)'b' => ('\b', 1),
        (byte)'f' => ('\f', 1),
        (byte)'n' => ('\n', 1),
        (byte)'r' => ('\r', 1),
        (byte)'t' => ('\t', 1),
        (byte)'u' => ((char)ushort.Parse(rest.Slice(1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), 5),
        _ => ((char)rest[0], 1),
    };
}
