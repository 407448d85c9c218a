namespace ChaosBench.Tests.Reports.Html;

/// <summary>Texts that have broken reports before: markup, script ends, policies, invisible and reordering characters.</summary>
internal static class HostileText
{
    public const string Everything =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)> ]]> <!-- --> &lt; `${alert(4)}` {{7*7}} " +
        "\u202Egnp.exe\u200B\u2028\u2029\0\u001b[31m\uD800 Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324 日本語 עברית";

    public static IEnumerable<string> Each() =>
    [
        "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onmouseover=\"alert(1)", "' autofocus onfocus='alert(1)",
        "<!--<script>", "]]>", "javascript:alert(1)", "&lt;script&gt;", "</title></style></textarea><script>alert(1)</script>", "\u2028\u2029",
        "\u202Egnp.exe", "\0", "\uD800", "\uDC00\uD800", "\ufeff", new string('<', 5000), "\u001b]0;owned\u0007", "${7*7}{{7*7}}", "%3Cscript%3E",
    ];
}
