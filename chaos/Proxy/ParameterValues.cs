using System.Globalization;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Values of a fault's parameters: as given, which validation has brought to base units, or the catalogue's default.</summary>
internal static class ParameterValues
{
    public static TimeSpan DurationOf(this FaultParameter parameter, Fault fault) =>
        fault.With.TryGetValue(parameter.Name, out var text)
            ? TimeSpan.FromSeconds(Number(text))
            : UnitValues.Duration(parameter.Default!).Value;

    public static double ShareOf(this FaultParameter parameter, Fault fault) =>
        fault.With.TryGetValue(parameter.Name, out var text) ? Number(text) : UnitValues.Share(parameter.Default!).Value.Value;

    public static int SizeOf(this FaultParameter parameter, Fault fault) => (int)(
        fault.With.TryGetValue(parameter.Name, out var text) ? (long)Number(text) : UnitValues.Size(parameter.Default!).Value);

    public static long BytesOf(this FaultParameter parameter, Fault fault) =>
        fault.With.TryGetValue(parameter.Name, out var text) ? (long)Number(text) : UnitValues.Size(parameter.Default!).Value;

    public static int CountOf(this FaultParameter parameter, Fault fault) => (int)Number(parameter.TextOf(fault));

    public static string TextOf(this FaultParameter parameter, Fault fault) =>
        fault.With.GetValueOrDefault(parameter.Name) ?? parameter.Default!;

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
