using System.Globalization;
using System.Text;

namespace ChaosBench.Benchmarks;

/// <summary>One panel per series over the same minutes, each with its own axis from zero, the warm-up shaded and the fitted line dashed.</summary>
internal static class SoakPlot
{
    private const int Width = 760;
    private const int Panel = 190;
    private const int Left = 64;
    private const int Right = 16;
    private const int Top = 34;
    private const int Bottom = 30;

    private static readonly int[] Steps = [1, 2, 5, 10];

    public static void Write(string path, IReadOnlyList<Series> series, double minutes, double warmUp)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {series.Count * Panel}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{series.Count * Panel}\" fill=\"#fff\"/>");
        foreach (var (i, one) in series.Index())
        {
            AddPanel(svg, one, i * Panel, minutes, warmUp);
        }

        svg.Append("</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }

    private static void AddPanel(StringBuilder svg, Series series, int offset, double minutes, double warmUp)
    {
        var (unit, ticks) = Scale(series.Points.Max(p => p.Value));
        double X(double minute) => Left + (minute / minutes * (Width - Left - Right));
        double Y(double value) => offset + Panel - Bottom - (value / (unit * ticks) * (Panel - Top - Bottom));
        Add(svg, $"<rect x=\"{Left}\" y=\"{offset + Top}\" width=\"{X(warmUp) - Left:0.#}\" height=\"{Panel - Top - Bottom}\" fill=\"#f1f1f1\"/>");
        Add(svg, $"<text x=\"{Left}\" y=\"{offset + 20}\" font-weight=\"600\">{series.Name}, MiB</text>");
        Add(svg, $"<text x=\"{Width - Right}\" y=\"{offset + 20}\" text-anchor=\"end\">slope {series.Line.Slope:0.0000} MiB/min, at most {series.Line.High:0.0000} (95 %)</text>");
        for (var tick = 0; tick <= ticks; tick++)
        {
            var y = Y(tick * unit);
            Add(svg, $"<path d=\"M{Left} {y:0.#}H{Width - Right}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{tick * unit:0.##}</text>");
        }

        var (every, count) = Scale(minutes);
        for (var tick = 0; tick <= count && tick * every <= minutes * 1.001; tick++)
        {
            Add(svg, $"<text x=\"{X(tick * every):0.#}\" y=\"{offset + Panel - Bottom + 16}\" text-anchor=\"middle\">{tick * every:0.##} min</text>");
        }

        var line = string.Join(' ', series.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Minute):0.#},{Y(p.Value):0.#}")));
        Add(svg, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"1.5\"/>");
        double At(double minute) => Y(series.Line.Intercept + (series.Line.Slope * minute));
        Add(svg, $"<path d=\"M{X(warmUp):0.#} {At(warmUp):0.#}L{X(minutes):0.#} {At(minutes):0.#}\" stroke=\"#c2410c\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"/>");
    }

    /// <summary>Four to six steps of 1, 2 or 5 times a power of ten that reach the largest value.</summary>
    private static (double Unit, int Ticks) Scale(double largest)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(largest, 1e-9) / 5)));
        var unit = Steps.Select(step => step * power).First(step => largest / step <= 6);
        return (unit, (int)Math.Ceiling(largest / unit));
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
