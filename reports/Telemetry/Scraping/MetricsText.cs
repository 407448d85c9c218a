using System.Globalization;
using System.Text;

namespace ChaosBench.Reports.Telemetry.Scraping;

/// <summary>One sample of a page of metrics.</summary>
/// <param name="Value">May be infinite or not a number.</param>
public readonly record struct MetricsSample(string Name, IReadOnlyList<KeyValuePair<string, string>> Labels, double Value)
{
    public string? Label(string name) => Labels.FirstOrDefault(label => label.Key == name).Value;
}

/// <summary>A page that is not in the form that it should be in: its line, and what is wrong there; never what it says.</summary>
public sealed class MetricsTextException : Exception
{
    public MetricsTextException(int line, string message)
        : base(FormattableString.Invariant($"line {line}: {message}")) => Line = line;

    /// <summary>From 1.</summary>
    public int Line { get; }
}

/// <summary>
/// Reads Prometheus' text format 0.0.4 and OpenMetrics 1.0, strictly: one broken line and nothing of the page is believed. The page may be
/// hostile: its size, lines, names and labels are bounded, and only what somebody wants is kept.
/// </summary>
public static class MetricsText
{
    /// <summary>vLLM's and Triton's pages have some hundred kilobytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public const int MaxSamples = 100_000;
    private const int MaxName = 200;
    private const int MaxLabels = 64;
    private const int MaxLabelValue = 4096;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The samples whose name <paramref name="wanted"/> holds for.</summary>
    /// <exception cref="MetricsTextException">The page is not in one of the two forms, or beyond a bound.</exception>
    public static List<MetricsSample> Read(ReadOnlySpan<byte> page, Func<string, bool> wanted)
    {
        if (page.Length > MaxBytes)
        {
            throw new MetricsTextException(1, $"the page is longer than {MaxBytes >> 20} MiB");
        }

        var samples = new List<MetricsSample>();
        var seen = 0;
        for (var line = 1; !page.IsEmpty; line++)
        {
            var end = page.IndexOf((byte)'\n');
            var text = Decode(end < 0 ? page : page[..end], line);
            page = end < 0 ? default : page[(end + 1)..];
            var reader = new LineScanner(text.EndsWith('\r') ? text[..^1] : text, line);
            reader.SkipBlanks();
            if (reader.AtEnd)
            {
                continue;
            }

            if (reader.Peek == '#')
            {
                if (text.AsSpan().TrimEnd().SequenceEqual("# EOF"))
                {
                    return page.IsEmpty ? samples : throw new MetricsTextException(line + 1, "something stands behind # EOF");
                }

                continue;
            }

            if (++seen > MaxSamples)
            {
                throw new MetricsTextException(line, FormattableString.Invariant($"more than {MaxSamples} samples"));
            }

            var sample = Sample(ref reader);
            if (wanted(sample.Name))
            {
                samples.Add(sample);
            }
        }

        return samples;
    }

    private static string Decode(ReadOnlySpan<byte> bytes, int line)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MetricsTextException(line, "not UTF-8");
        }
    }

    private static MetricsSample Sample(ref LineScanner reader)
    {
        var name = reader.Name(allowColon: true, MaxName);
        var labels = new List<KeyValuePair<string, string>>();
        reader.SkipBlanks();
        if (reader.Take('{'))
        {
            Labels(ref reader, labels);
        }

        reader.SkipBlanks();
        var value = reader.Number();
        reader.SkipBlanks();

        // An instant of the server's own clock, which is not ours, and in OpenMetrics an exemplar.
        if (!reader.AtEnd && reader.Peek != '#')
        {
            reader.Number();
            reader.SkipBlanks();
        }

        return reader.AtEnd || reader.Peek == '#' ? new MetricsSample(name, labels, value) : throw reader.Flaw("something stands behind the value");
    }

    private static void Labels(ref LineScanner reader, List<KeyValuePair<string, string>> labels)
    {
        reader.SkipBlanks();
        while (!reader.Take('}'))
        {
            if (labels.Count == MaxLabels)
            {
                throw reader.Flaw(FormattableString.Invariant($"more than {MaxLabels} labels"));
            }

            var name = reader.Name(allowColon: false, MaxName);
            reader.SkipBlanks();
            reader.Expect('=');
            reader.SkipBlanks();
            reader.Expect('"');
            labels.Add(new(name, reader.Quoted(MaxLabelValue)));
            reader.SkipBlanks();
            if (!reader.Take(','))
            {
                reader.Expect('}');
                return;
            }

            reader.SkipBlanks();
        }
    }

    /// <summary>One line, from left to right.</summary>
    private ref struct LineScanner(string text, int line)
    {
        private int _at;

        public readonly bool AtEnd => _at >= text.Length;

        public readonly char Peek => text[_at];

        public void SkipBlanks()
        {
            while (!AtEnd && Peek is ' ' or '\t')
            {
                _at++;
            }
        }

        public bool Take(char wanted)
        {
            if (AtEnd || Peek != wanted)
            {
                return false;
            }

            _at++;
            return true;
        }

        public void Expect(char wanted)
        {
            if (!Take(wanted))
            {
                throw Flaw($"'{wanted}' is missing");
            }
        }

        public string Name(bool allowColon, int longest)
        {
            var start = _at;
            while (!AtEnd && (char.IsAsciiLetter(Peek) || Peek == '_' || (allowColon && Peek == ':') || (_at > start && char.IsAsciiDigit(Peek))))
            {
                _at++;
            }

            return _at - start is > 0 and var length && length <= longest ? text[start.._at] : throw Flaw("there is no name, or one that is too long");
        }

        public string Quoted(int longest)
        {
            var value = new StringBuilder();
            while (!AtEnd && value.Length <= longest)
            {
                switch (text[_at++])
                {
                    case '"':
                        return value.ToString();
                    case '\\':
                        value.Append(AtEnd ? throw Flaw("a label is not closed") : text[_at++] switch { 'n' => '\n', '"' => '"', '\\' => '\\', _ => throw Flaw("an escape that is none") });
                        break;
                    case var letter:
                        value.Append(letter);
                        break;
                }
            }

            throw Flaw(AtEnd ? "a label is not closed" : "a label's value is too long");
        }

        public double Number()
        {
            var start = _at;
            while (!AtEnd && Peek is not (' ' or '\t'))
            {
                _at++;
            }

            return text[start.._at] switch
            {
                "+Inf" or "Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                "NaN" => double.NaN,
                var word when double.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number) => number,
                _ => throw Flaw("where a number belongs there is none"),
            };
        }

        public readonly MetricsTextException Flaw(string message) => new(line, message);
    }
}
