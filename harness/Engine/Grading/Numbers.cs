using System.Globalization;

namespace ChaosBench.Engine.Grading;

/// <summary>Numbers in text, as <c>-1,234.5</c>, <c>6.02e23</c> or <c>.5</c>: the convention of graded answers is that the last one counts.</summary>
internal static class Numbers
{
    /// <summary>Longer runs of digits are no number that anybody meant.</summary>
    private const int Longest = 64;

    /// <summary>Null when there is none.</summary>
    public static double? Last(string text)
    {
        for (var end = text.Length; end > 0; end--)
        {
            if (char.IsAsciiDigit(text[end - 1]))
            {
                var start = end;
                while (start > 0 && end - start < Longest && IsPart(text, start - 1))
                {
                    start--;
                }

                return Read(text[start..end]);
            }
        }

        return null;
    }

    private static bool IsPart(string text, int at) => text[at] switch
    {
        >= '0' and <= '9' => true,
        '.' or ',' => at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]),
        '-' or '+' => at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] == '.')
            && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]) || IsExponent(text, at - 1)),
        'e' or 'E' => IsExponent(text, at),
        _ => false,
    };

    private static bool IsExponent(string text, int at) => text[at] is 'e' or 'E' && at > 0 && char.IsAsciiDigit(text[at - 1])
        && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] is '-' or '+');

    /// <summary>A dash between numbers separates them, <c>2024-11</c>: what cannot be read whole is read from its last sign on.</summary>
    private static double? Read(string digits)
    {
        while (true)
        {
            if (double.TryParse(digits, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number))
            {
                return double.IsFinite(number) ? number : null;
            }

            var next = digits.AsSpan(1).IndexOfAny('-', '+', ',');
            if (next < 0)
            {
                return null;
            }

            digits = digits[(next + 1 + (digits[next + 1] == ',' ? 1 : 0))..];
        }
    }
}
