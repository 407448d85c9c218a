using System.Globalization;
using System.Text.RegularExpressions;

namespace ChaosBench.Harness.Doctor;

/// <summary>Cores, the share of them that a container leaves, memory, file handles, room for runs.</summary>
internal static partial class CoreChecks
{
    private const double LeastFree = 1L << 30;

    public static IEnumerable<Check> All(string runs) =>
    [
        Cores(Environment.ProcessorCount),
        Quota(Facts.Read(CgroupFile("cpu.max", "cpu")), Facts.Read(CgroupFile("cpu.stat", "cpu")),
            Facts.Read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Facts.Read("/sys/fs/cgroup/cpu/cpu.cfs_period_us")),
        Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        Files(Facts.Read("/proc/self/limits")),
        Disk(runs),
    ];

    internal static Check Cores(int count) => count >= 2
        ? Check.Ok("cores", count.ToString(CultureInfo.InvariantCulture))
        : Check.Limited("cores", "1", "an in-process model and the load share it: expect dispatch lag; use a remote target or more cores");

    /// <param name="max">cgroup v2: <c>200000 100000</c> or <c>max 100000</c>, microseconds of CPU in a period.</param>
    /// <param name="stat"><c>nr_periods</c>, <c>nr_throttled</c>, <c>throttled_usec</c>.</param>
    /// <param name="oldQuota">cgroup v1; -1: none.</param>
    internal static Check Quota(string? max, string? stat, string? oldQuota, string? oldPeriod)
    {
        var (quota, period) = max is not null
            ? Facts.Numbers(max) switch { [var most, var each] => ((long?)most, each), _ => (null, 1) }
            : (Facts.Numbers(oldQuota) is [> 0 and var most1] ? most1 : null, Facts.Numbers(oldPeriod) is [> 0 and var each1]
                ? each1 : 1);
        if (max is null && oldQuota is null)
        {
            return Check.Unknown("cpu quota", "no control group tells",
                "where this is a container, compare 'docker inspect' or the pod's limits with the cores above");
        }

        var (periods, throttled) = (Stat(stat, "nr_periods"), Stat(stat, "nr_throttled"));
        var held = throttled > 0 ? string.Create(CultureInfo.InvariantCulture,
            $", held back in {throttled} of {periods} periods") : "";
        if (quota is not { } granted)
        {
            return Check.Ok("cpu quota", "none");
        }

        var found = string.Create(CultureInfo.InvariantCulture, $"{granted / (double)Math.Max(1, period):0.##} cores{held}");
        return throttled > 0 || granted < 2 * period
            ? Check.Limited("cpu quota", found, "a process that is held back sends late and measures its own pause: raise the limit, or give whole cores (cpuset)")
            : Check.Ok("cpu quota", found);
    }

    internal static Check Memory(long bytes)
    {
        var gibibytes = bytes / (double)(1L << 30);
        var found = gibibytes.ToString("0.0", CultureInfo.InvariantCulture) + " GiB";
        return gibibytes >= 1 ? Check.Ok("memory", found) : Check.Limited("memory", found,
            "1 GiB is the least for two replicas and reports");
    }

    /// <summary>Each open stream needs a file handle.</summary>
    /// <param name="limits"><c>/proc/self/limits</c>.</param>
    internal static Check Files(string? limits)
    {
        var line = (limits ?? "").Split('\n').FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        if (line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, _, _, var soft, var hard, ..])
        {
            return Check.Unknown("open files", "no limit found", "each stream needs a handle: see that a few thousand can be open");
        }

        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) && limit < 4_096
            ? Check.Limited("open files", soft, $"more than about that many streams at once fail; raise it with 'ulimit -n {(hard == "unlimited" ? "65536" : hard)}'")
            : Check.Ok("open files", soft);
    }

    /// <param name="runs">Folder for run folders; it need not be there yet.</param>
    internal static Check Disk(string runs)
    {
        var folder = new DirectoryInfo(runs);
        while (folder is { Exists: false, Parent: not null })
        {
            folder = folder.Parent;
        }

        try
        {
            var free = new DriveInfo(folder.FullName).AvailableFreeSpace;
            var found = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1L << 30):0.0} GiB free for {runs}");
            return free >= LeastFree ? Check.Ok("disk", found)
                : Check.Limited("disk", found, "a journal that cannot be written ends its run: 'chaosbench clean' removes old runs, --out takes another place");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Check.Unknown("disk", exception.Message, "name a folder for runs with --out");
        }
    }

    private static long Stat(string? stat, string name) =>
        Entry().Matches(stat ?? "").FirstOrDefault(match => match.Groups[1].Value == name) is { } found
            ? long.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>Of this process's own group; in a container that is the root that it sees.</summary>
    private static string CgroupFile(string name, string controller)
    {
        const string root = "/sys/fs/cgroup";
        var own = (Facts.Read("/proc/self/cgroup") ?? "").Split('\n').FirstOrDefault(line =>
            line.StartsWith("0::/", StringComparison.Ordinal))?[3..].TrimEnd('/') ?? "";
        var candidates = new[] { $"{root}{own}/{name}", $"{root}/{name}", $"{root}/{controller}/{name}" };
        return candidates.FirstOrDefault(File.Exists) ?? candidates[0];
    }

    [GeneratedRegex("^([a-z_]+) ([0-9]{1,18})$", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
