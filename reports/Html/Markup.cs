using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace ChaosBench.Reports.Html;

/// <summary>
/// Markup that is safe to write. It comes from <see cref="Of"/>, whose holes are encoded by their type: text is always encoded,
/// only another <see cref="Markup"/> goes in as it is, and any other type does not compile.
/// </summary>
internal readonly record struct Markup
{
    private readonly string? _markup;

    private Markup(string markup) => _markup = markup;

    public static Markup Empty => default;

    public static Markup Of(Template template) => new(template.Finish());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part._markup)));

    /// <summary>The markup when <paramref name="condition"/> holds.</summary>
    public static Markup If(bool condition, Func<Markup> markup) => condition ? markup() : Empty;

    public override string ToString() => _markup ?? "";

    /// <summary>The literal parts are ours, the holes are not.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Template(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _markup = new(literalLength + formattedCount * 16);

        public void AppendLiteral(string literal) => _markup.Append(literal);

        public void AppendFormatted(Markup part) => _markup.Append(part._markup);

        public void AppendFormatted(IEnumerable<Markup> parts)
        {
            foreach (var part in parts)
            {
                _markup.Append(part._markup);
            }
        }

        public void AppendFormatted(string? text) => _markup.Append(SafeText.Encode(text));

        public void AppendFormatted(long number) => _markup.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>For coordinates: at most three decimals.</summary>
        public void AppendFormatted(double number) => _markup.Append(CultureInfo.InvariantCulture, $"{number:0.###}");

        public string Finish() => _markup.ToString();
    }
}
