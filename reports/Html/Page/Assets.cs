using System.Security.Cryptography;
using System.Text;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What is embedded for the pages: scripts, style, and the notice that goes with the charts.</summary>
internal static class Assets
{
    /// <summary>With <c>\n</c> line ends: a browser hashes a script after it has normalised them.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} was not embedded into {typeof(Assets).Assembly.GetName().Name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>For the Content-Security-Policy.</summary>
    public static string Hash(string script) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    public static Markup Notice() => Parts.Details("Licence notice of the charts (Apache ECharts, Apache License 2.0)", Markup.Of($"""
        <pre class="notice" tabindex="0">{Resource("echarts.NOTICE").Trim().Split('\n').Select(line => Markup.Of($"{line.TrimEnd('\r')}\n"))}
        Licensed under the Apache License, Version 2.0; http://www.apache.org/licenses/LICENSE-2.0</pre>
        """));
}
