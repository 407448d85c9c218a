using System.Globalization;
using System.Runtime.InteropServices;
using ChaosBench.Server.Models;

namespace ChaosBench.Benchmarks;

/// <summary>What a figure needs beside it to mean something.</summary>
internal static class Machine
{
    public static TimeProvider Clock => TimeProvider.System;

    public static string Cpu => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : RuntimeInformation.ProcessArchitecture.ToString();

    public static string Runtime => $".NET {Environment.Version}, ONNX Runtime {OnnxRuntimeFacts.Version}, {RuntimeInformation.OSDescription}";

    /// <summary>Of the last minute; null where the system does not tell. Above 0.3 a figure is of the neighbours too.</summary>
    public static double? Load() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    public static string Root { get; } = FindRoot();

    public static string Model => Path.Combine(Root, "scenarios", "models", "triage-v1");

    public static double Seconds(long from, long to) => Clock.GetElapsedTime(from, to).TotalSeconds;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChaosBench.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no ChaosBench.sln above {AppContext.BaseDirectory}");
    }
}
