using System.Globalization;

namespace ChaosBench.Scenarios.Traces;

/// <summary>
/// Dates with times as traces write them: <c>2023-11-16 18:15:46.6805900</c>, <c>2024-05-12T00:00:20+02:00</c>.
/// </summary>
public static class Instants
{
    /// <summary>
    /// Nanoseconds since 1970, every digit of the fraction kept up to nine, further ones cut. Without a zone: UTC. Null for
    /// anything else, and for years outside 1700 to 2200, which nanoseconds do not reach.
    /// </summary>
    public static long? Parse(string text)
    {
        var rest = text.AsSpan().Trim();
        if (rest.Length < 19 || rest[10] is not ('T' or 't' or ' ')
            || Seconds(rest[..19]) is not { } seconds)
        {
            return null;
        }

        rest = rest[19..];
        var fraction = Fraction(ref rest);
        return Zone(rest) is { } zone
            ? ((seconds - ((long)zone.TotalSeconds)) * Nanos.PerSecond) + fraction
            : null;
    }

    /// <summary>From 1970, of <c>yyyy-MM-dd?HH:mm:ss</c>. By hand: a long trace is mostly dates.</summary>
    private static long? Seconds(ReadOnlySpan<char> text)
    {
        if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':')
        {
            return null;
        }

        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        return year is >= 1700 and <= 2200 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60
            ? ((new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond)
                + (hour * 3600L) + (minute * 60) + second
            : null;
    }

    /// <summary>Negative for anything but digits.</summary>
    private static int Number(ReadOnlySpan<char> text)
    {
        var number = 0;
        foreach (var letter in text)
        {
            if (!char.IsAsciiDigit(letter))
            {
                return -1;
            }

            number = (number * 10) + letter - '0';
        }

        return number;
    }

    private static long Fraction(ref ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || rest[0] is not ('.' or ',') || !char.IsAsciiDigit(rest[1]))
        {
            return 0;
        }

        var nanos = 0L;
        var at = 1;
        for (var weight = 100_000_000L; at < rest.Length && char.IsAsciiDigit(rest[at]); at++, weight /= 10)
        {
            nanos += (rest[at] - '0') * weight;
        }

        rest = rest[at..];
        return nanos;
    }

    /// <summary>Nothing, <c>Z</c>, <c>UTC</c>, <c>+02:00</c>, <c>+0200</c> or <c>+02</c>.</summary>
    private static TimeSpan? Zone(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text is "Z" or "z" or "UTC")
        {
            return TimeSpan.Zero;
        }

        if (text[0] is not ('+' or '-'))
        {
            return null;
        }

        var digits = text[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (2 or 4)
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var (hours, minutes) = digits.Length == 2 ? (number, 0) : (number / 100, number % 100);
        var zone = new TimeSpan(hours, minutes, 0);
        return hours > 18 || minutes > 59 ? null : text[0] == '-' ? -zone : zone;
    }
}
