using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Resident memory of what serves: of this process for a model that runs inside it (the generator's own is in it, and is bounded), and of this
/// process's children where replicas or a started server are processes.
/// </summary>
internal static class ServedMemory
{
    /// <summary>Null where what serves is not on this machine, or the system does not tell.</summary>
    public static Func<long?>? Of(Plan plan)
    {
        Target?[] both = [plan.Scenario.Candidate, plan.Scenario.Baseline];
        var targets = both.OfType<Target>().ToList();
        if (!OperatingSystem.IsLinux() || targets.Exists(target => target is Target.OpenAi { Command.Count: 0 }))
        {
            return null;
        }

        var inside = targets.Exists(target => target is Target.Onnx { Isolation: ReplicaIsolation.Task });
        return () => Read(inside);
    }

    private static long? Read(bool inside)
    {
        try
        {
            var children = Descendants(Environment.ProcessId).Sum(Resident);
            return children + (inside ? Resident(Environment.ProcessId) : 0);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            // A process that ended while it was looked at.
            return null;
        }
    }

    private static IEnumerable<int> Descendants(int process)
    {
        foreach (var thread in Directory.EnumerateDirectories(FormattableString.Invariant($"/proc/{process}/task")))
        {
            foreach (var child in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var number = int.Parse(child, CultureInfo.InvariantCulture);
                yield return number;
                foreach (var below in Descendants(number))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>Bytes: the second number of statm, in pages.</summary>
    private static long Resident(int process) =>
        long.Parse(File.ReadAllText(FormattableString.Invariant($"/proc/{process}/statm")).Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
