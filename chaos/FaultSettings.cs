using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos;

/// <summary>Reads a fault's parameters, which validation has already brought to base units.</summary>
internal static class FaultSettings
{
    public static bool Has(this Fault fault, string name) => fault.With.ContainsKey(name);

    /// <summary>Seconds in the file's record, a <see cref="TimeSpan"/> here.</summary>
    public static TimeSpan Duration(this Fault fault, string name, TimeSpan otherwise) =>
        fault.With.TryGetValue(name, out var text)
            ? TimeSpan.FromSeconds(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
            : otherwise;
}
