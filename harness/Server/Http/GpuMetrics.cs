using System.Globalization;
using System.Text;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Server.Http;

/// <summary>The NVIDIA cards of this machine in OpenMetrics text. Nothing at all where there are none; a value that is not told has no line.</summary>
internal static class GpuMetrics
{
    /// <summary>Opened by the first scrape and kept: to start NVML takes far longer than to read it.</summary>
    private static readonly Lazy<GpuWatch> Shared = new(GpuWatch.Open);

    public static void Append(StringBuilder page) => Append(page, Shared.Value.Read());

    public static void Append(StringBuilder page, IReadOnlyList<GpuReading> cards)
    {
        Family(page, cards, "chaosbench_gpu_memory_used_bytes", "Memory in use, by all processes.", card => card.MemoryUsed);
        Family(page, cards, "chaosbench_gpu_memory_total_bytes", "Memory of the card.", card => card.MemoryTotal);
        Family(page, cards, "chaosbench_gpu_utilisation_ratio", "Share of the driver's sample period in which it computed.", card => card.Utilisation);
        Family(page, cards, "chaosbench_gpu_temperature_celsius", "Temperature of the die.", card => card.Celsius);
        Family(page, cards, "chaosbench_gpu_power_watts", "Power drawn by the board.", card => card.Watts);
    }

    private static void Family(StringBuilder page, IReadOnlyList<GpuReading> cards, string name, string help, Func<GpuReading, double?> value)
    {
        if (!cards.Any(card => value(card) is not null))
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n# HELP {name} {help}\n");
        foreach (var card in cards)
        {
            if (value(card) is { } known)
            {
                page.Append(CultureInfo.InvariantCulture, $"{name}{{gpu=\"{card.Index}\"}} {known}\n");
            }
        }
    }
}
