using System.Globalization;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Chaos.Stress;

/// <summary>
/// The hidden verb <c>stress KIND ARGUMENT...</c>: leads a session of its own, waits for one byte, presses on the machine, says so in one line
/// and goes on until its standard input ends, which it does with the run at the latest.
/// </summary>
public static class StressHost
{
    public const string Verb = "stress";

    /// <summary>The line's first word when the pressure is on; the rest is what was done.</summary>
    public const string Ready = "ready";

    /// <returns>0 after the end of standard input; 1 when it refused, and why stands on standard output.</returns>
    public static int Run(IReadOnlyList<string> arguments, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("chaosbench starts its stressors itself, on Linux.");
            return 1;
        }

        _ = Native.NewSession();
        using var word = Console.OpenStandardInput();
        Span<byte> one = stackalloc byte[1];
        if (word.Read(one) == 0)
        {
            return 1;
        }

        using var stressor = Create(arguments, time);
        var said = stressor?.Start() ?? "refused this kind of pressure is not known";
        Console.Out.WriteLine(said);
        Console.Out.Flush();
        while (said.StartsWith(Ready, StringComparison.Ordinal) && word.Read(one) > 0)
        {
            // Nothing more is said to it; the end is what it waits for.
        }

        return said.StartsWith(Ready, StringComparison.Ordinal) ? 0 : 1;
    }

    private static IStressor? Create(IReadOnlyList<string> arguments, TimeProvider time) => arguments switch
    {
        ["cpu", var threads, var share] => new CpuStressor(int.Parse(threads, CultureInfo.InvariantCulture), double.Parse(share, CultureInfo.InvariantCulture), time),
        ["memory", var bytes] => new MemoryStressor(long.Parse(bytes, CultureInfo.InvariantCulture)),
        ["gpu", var index, var bytes] => new GpuStressor(int.Parse(index, CultureInfo.InvariantCulture), long.Parse(bytes, CultureInfo.InvariantCulture)),
        _ => null,
    };
}

/// <summary>Presses on one resource from <see cref="Start"/> until it is disposed, or its process ends.</summary>
internal interface IStressor : IDisposable
{
    /// <summary>Returns once the pressure is on: "ready" and what was done, or "refused" and why.</summary>
    string Start();
}
