using System.Globalization;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Html.Page;

namespace ChaosBench.Reports.Html;

/// <summary>The page of <c>chaosbench compare --html FILE</c>: self-contained, with the encoding of <see cref="HtmlReport"/> and no script.</summary>
public static class ComparisonHtml
{
    public static string Render(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using var page = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        ComparisonPage.Write(comparison, page);
        return page.ToString();
    }
}
