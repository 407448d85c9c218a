using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What stands under <c>prices:</c>.</summary>
internal static class PriceKeys
{
    private static readonly Key<double> Input = new("input", Scalars.Number(0, 1_000_000), "Per million input tokens.") { Default = "0", Example = "0.15" };
    private static readonly Key<double> Output = new("output", Scalars.Number(0, 1_000_000), "Per million output tokens.") { Default = "0", Example = "0.60" };
    private static readonly Key<double> DeviceHour = new(
        "deviceHour", Scalars.Number(0, 1_000_000), "Per hour of one device that serves the target, used or not.") { Default = "0", Example = "2.50" };
    private static readonly Key<int> Devices = new("devices", Scalars.Count(1, 100_000), "Devices that serve the target.") { Default = "1" };

    private static readonly Table<Prices> Other = new(
        "baselinePrices", "prices", "What answers of the baseline cost.", [Input, Output, DeviceHour, Devices], Read);

    private static readonly Key<Prices> Baseline = new("baseline", Other, "Where the baseline costs something else.") { Example = "{ input: 0.5, output: 1.5 }" };

    private static readonly Table<Prices> Table = new(
        "prices", "prices", "What answers cost, for cost_per_success: by token or by device-hour, in any one currency.",
        [Input, Output, DeviceHour, Devices, Baseline], keys => Read(keys) with { Baseline = keys.Find(Baseline) });

    public static readonly Key<Prices> Prices = new("prices", Table, "What answers cost, for cost_per_success: by token or by device-hour, in any one currency.")
        { Example = "{ input: 0.15, output: 0.60 }" };

    private static Prices Read(KeyReader keys)
    {
        var prices = new Prices(keys.Get(Input), keys.Get(Output), keys.Get(DeviceHour), keys.Get(Devices));
        if (prices is { DeviceHour: > 0, Input: > 0 } or { DeviceHour: > 0, Output: > 0 })
        {
            keys.Report(DeviceHour, "a price of devices beside one of tokens", "keep one of them: an answer is paid for once");
        }
        else if (prices is { DeviceHour: 0, Input: 0, Output: 0 } && keys.IsSound)
        {
            keys.Reading.Report(keys.Place, "prices of nothing", "write prices: { input: 0.15, output: 0.60 } per million tokens, or { deviceHour: 2.50 }");
        }

        return prices;
    }
}
