using System.Globalization;

namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>
/// The values of a template and what can be done with them: none (null), <see cref="Undefined"/>, bool, long,
/// <see cref="TrustedText"/>, List and Dictionary of them.
/// </summary>
internal static class TemplateValues
{
    public static TrustedText Text(object? value) => value switch
    {
        TrustedText text => text,
        Undefined => new TrustedText(),
        null => new TrustedText().Append("None", trusted: true),
        bool flag => new TrustedText().Append(flag ? "True" : "False", trusted: true),
        long number => new TrustedText().Append(number.ToString(CultureInfo.InvariantCulture), trusted: true),
        _ => throw new ChatTemplateException("the chat template writes a list or an object, which is not supported"),
    };

    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        TrustedText text => text.Length > 0,
        List<object?> list => list.Count > 0,
        Dictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (TrustedText a, TrustedText b) => a.ToString() == b.ToString(),
        (Undefined, Undefined) => true,
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(p => Same(p.First, p.Second)),
        _ => Equals(left, right),
    };

    public static object? Binary(string symbol, object? left, object? right) => (symbol, left, right) switch
    {
        ("~", _, _) => new TrustedText().Append(Text(left)).Append(Text(right)),
        ("+", TrustedText a, TrustedText b) => new TrustedText().Append(a).Append(b),
        ("+", List<object?> a, List<object?> b) => new List<object?>([.. a, .. b]),
        ("+", long a, long b) => a + b,
        ("-", long a, long b) => a - b,
        ("*", long a, long b) => a * b,
        ("%", long a, long b) when b != 0 => a - (b * (long)Math.Floor((double)a / b)),
        ("//", long a, long b) when b != 0 => (long)Math.Floor((double)a / b),
        ("==", _, _) => Same(left, right),
        ("!=", _, _) => !Same(left, right),
        ("<", long a, long b) => a < b,
        (">", long a, long b) => a > b,
        ("<=", long a, long b) => a <= b,
        (">=", long a, long b) => a >= b,
        _ => throw new ChatTemplateException($"the chat template applies '{symbol}' to {Kind(left)} and {Kind(right)}"),
    };

    public static bool In(object? item, object? container) => container switch
    {
        TrustedText text => text.ToString().Contains(Text(item).ToString(), StringComparison.Ordinal),
        List<object?> list => list.Exists(x => Same(x, item)),
        Dictionary<string, object?> map => map.ContainsKey(Text(item).ToString()),
        Undefined => false,
        _ => throw new ChatTemplateException($"the chat template looks into {Kind(container)}"),
    };

    public static object? Member(object? container, object? key) => (container, key) switch
    {
        (Dictionary<string, object?> map, TrustedText name) => map.GetValueOrDefault(name.ToString(), Undefined.Value),
        (List<object?> list, long index) when index >= -list.Count && index < list.Count => list[(int)(index < 0 ? index + list.Count : index)],
        (List<object?>, long) or (Dictionary<string, object?>, _) => Undefined.Value,
        (Undefined, _) => throw new ChatTemplateException("the chat template looks into something that is not defined"),
        _ => Undefined.Value,
    };

    public static object? Slice(object? container, long? from, long? to)
    {
        (int Start, int End) Bounds(int length)
        {
            int Clamp(long index) => (int)Math.Clamp(index < 0 ? index + length : index, 0, length);
            var start = Clamp(from ?? 0);
            return (start, Math.Max(start, Clamp(to ?? length)));
        }

        switch (container)
        {
            case List<object?> list:
                var (first, last) = Bounds(list.Count);
                return list[first..last];
            case TrustedText text:
                var (start, end) = Bounds(text.Length);
                return text.Slice(start, end);
            default:
                throw new ChatTemplateException($"the chat template cuts {Kind(container)}");
        }
    }

    public static bool Test(string name, object? value) => name switch
    {
        "defined" => value is not Undefined,
        "undefined" => value is Undefined,
        "none" => value is null,
        "string" => value is TrustedText,
        "mapping" => value is Dictionary<string, object?>,
        "true" => value is true,
        "false" => value is false,
        "iterable" or "sequence" => value is List<object?> or TrustedText or Dictionary<string, object?>,
        _ => throw new ChatTemplateException($"the chat template uses the test '{name}'; supported are defined, none, string, mapping, iterable"),
    };

    public static object? Filter(string name, object? value, IReadOnlyList<object?> arguments) => (name, value) switch
    {
        ("trim" or "strip", _) => Trim(Text(value), arguments, left: true, right: true),
        ("lstrip", _) => Trim(Text(value), arguments, left: true, right: false),
        ("rstrip", _) => Trim(Text(value), arguments, left: false, right: true),
        ("upper", TrustedText text) => Map(text, static s => s.ToUpperInvariant()),
        ("lower", TrustedText text) => Map(text, static s => s.ToLowerInvariant()),
        ("length" or "count", TrustedText text) => (long)text.Length,
        ("length" or "count", List<object?> list) => (long)list.Count,
        ("first", List<object?> list) => list.Count > 0 ? list[0] : Undefined.Value,
        ("last", List<object?> list) => list.Count > 0 ? list[^1] : Undefined.Value,
        ("string", _) => Text(value),
        ("default" or "d", _) => value is Undefined && arguments.Count > 0 ? arguments[0] : value,
        ("startswith", TrustedText text) when arguments is [TrustedText start] =>
            text.ToString().StartsWith(start.ToString(), StringComparison.Ordinal),
        ("endswith", TrustedText text) when arguments is [TrustedText end] => text.ToString().EndsWith(end.ToString(), StringComparison.Ordinal),
        _ => throw new ChatTemplateException(
            $"the chat template applies '{name}' to {Kind(value)}; supported are trim, lstrip, rstrip, upper, lower, length, first, last, default, "
            + "startswith and endswith"),
    };

    private static TrustedText Trim(TrustedText value, IReadOnlyList<object?> arguments, bool left, bool right)
    {
        var text = value.ToString();
        var characters = arguments is [TrustedText given] ? given.ToString().ToCharArray() : null;
        var start = left ? text.Length - text.TrimStart(characters).Length : 0;
        var end = right ? text.TrimEnd(characters).Length : text.Length;
        return value.Slice(start, Math.Max(start, end));
    }

    // Case changes keep the length in invariant culture, so one mark per text suffices only where it is of one kind: untrusted wins.
    private static TrustedText Map(TrustedText text, Func<string, string> change)
    {
        var whole = text.Trusted().ToArray() is [var only] && only == (0, text.Length);
        return new TrustedText().Append(change(text.ToString()), whole);
    }

    private static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined => "something undefined",
        bool => "a truth value",
        long => "a number",
        TrustedText => "a text",
        List<object?> => "a list",
        _ => "an object",
    };
}
