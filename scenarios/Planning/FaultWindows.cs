using System.Diagnostics;
using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <summary>(Fault, seed) to the windows in which it acts. All that chance decides is decided here, before anything is sent.</summary>
public static class FaultWindows
{
    /// <summary>More would be a load of its own.</summary>
    public const int Most = 1_000;

    /// <param name="latest">Not later than this is a fault over that waits for another one; nanoseconds.</param>
    /// <exception cref="PromptException">The seed draws no window at all, or too many.</exception>
    public static PlannedFault Place(Fault fault, int number, ulong seed, long latest)
    {
        var (start, end) = (Nanos.From(fault.At), Nanos.From(fault.At + fault.For));
        var placed = new PlannedFault(number, fault, start, end) { Latest = fault.Schedule.After is null && !fault.Pauses ? end : Math.Max(end, latest) };
        return (fault.Schedule.Repeat, fault.Schedule.Ramp) switch
        {
            (FaultRepeat.Burst burst, _) => placed with { Windows = Of(burst, start, end) },
            (FaultRepeat.Poisson poisson, _) => placed with { Windows = Of(fault, poisson, start, end, seed) },
            (null, { IsOfShare: false } ramp) => placed with { Windows = Of(fault, ramp, start, end) },
            (null, _) => placed,
            _ => throw new UnreachableException(),
        };
    }

    private static FaultWindow[] Of(FaultRepeat.Burst burst, long start, long end) =>
    [
        .. Enumerable.Range(0, burst.Windows).Select(number => start + (number * Nanos.From(burst.Every)))
            .Where(from => from < end)
            .Select(from => new FaultWindow(from, Math.Min(end, from + Nanos.From(burst.For)))),
    ];

    private static List<FaultWindow> Of(Fault fault, FaultRepeat.Poisson poisson, long start, long end, ulong seed)
    {
        var windows = new List<FaultWindow>();
        var random = KeyedHash.Stream(seed, fault.Id, "windows");
        var (mean, length) = (Nanos.From(poisson.Mean), Nanos.From(poisson.For));
        for (var at = start; ; at += length)
        {
            // A gap of a billion means is past every end, and keeps the sum within 64 bits.
            at += (long)Math.Min(mean * random.NextExponential(), end - start + 1);
            if (at + length > end)
            {
                break;
            }

            windows.Add(new FaultWindow(at, at + length));
            if (windows.Count > Most)
            {
                throw new PromptException($"fault {fault.Id}: the seed draws more than {Most} windows; raise poisson.mean or shorten for");
            }
        }

        return windows.Count > 0 ? windows : throw new PromptException(string.Create(
            CultureInfo.InvariantCulture,
            $"fault {fault.Id}: the seed draws no window within {fault.For.TotalSeconds:0.###} s at a mean gap of {poisson.Mean.TotalSeconds:0.###} s; shorten poisson.mean, lengthen for, or take another seed"));
    }

    /// <summary>Steps of equal length; the first has the value at the start, the last the one at the end.</summary>
    private static FaultWindow[] Of(Fault fault, FaultRamp ramp, long start, long end)
    {
        var each = (end - start) / ramp.Steps;
        return
        [
            .. Enumerable.Range(0, ramp.Steps).Select(step =>
            {
                var value = ramp.At(ramp.Steps == 1 ? 1 : step / (double)(ramp.Steps - 1));
                var with = new Dictionary<string, string>(fault.With, StringComparer.Ordinal) { [ramp.Of] = Written(value, ramp.IsWhole) };
                return new FaultWindow(start + (step * each), step == ramp.Steps - 1 ? end : start + ((step + 1) * each), with);
            }),
        ];
    }

    private static string Written(double value, bool isWhole) => value.ToString(isWhole ? "0" : "0.#########", CultureInfo.InvariantCulture);
}
