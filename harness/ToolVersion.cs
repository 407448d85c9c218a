using System.Reflection;

namespace ChaosBench.Harness;

/// <summary>Which build this is: <c>0.1.0+commit</c>.</summary>
internal static class ToolVersion
{
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The commit it was built from; null outside a checkout.</summary>
    public static string? Commit => Text.Split('+') is [_, var commit] ? commit : null;
}
