using System.Runtime.InteropServices;

namespace ChaosBench.Chaos.Stress;

/// <summary>Holds memory that is really used: every page is written. Looks before each piece whether the machine can still spare it.</summary>
internal sealed unsafe class MemoryStressor(long bytes) : IStressor
{
    private const int Piece = 64 << 20;
    private const int Page = 4096;

    private readonly List<nint> _pieces = [];

    public string Start()
    {
        Volunteer();
        for (var held = 0L; held < bytes; held += Piece)
        {
            var size = (nuint)Math.Min(Piece, bytes - held);
            if (MemoryRoom.RefusalOf((long)size) is { } why)
            {
                return "refused " + why;
            }

            var piece = (byte*)NativeMemory.Alloc(size);
            _pieces.Add((nint)piece);
            for (nuint at = 0; at < size; at += Page)
            {
                // No two pages alike, or the kernel may merge them.
                *(nuint*)(piece + Math.Min(at, size - (nuint)sizeof(nuint))) = at + (nuint)held + 1;
            }
        }

        return FormattableString.Invariant($"{StressHost.Ready} {bytes >> 20} MiB held");
    }

    public void Dispose()
    {
        _pieces.ForEach(piece => NativeMemory.Free((void*)piece));
        _pieces.Clear();
    }

    /// <summary>Should the kernel have to end somebody after all, then this process, and not what it presses on.</summary>
    private static void Volunteer()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The ceiling holds without it.
        }
    }
}

/// <summary>What the machine can spare: never more than leaves a quarter of its memory, and at least 512 MiB, available.</summary>
internal static class MemoryRoom
{
    private const long Least = 512L << 20;

    /// <summary>Why so many more bytes are too many; null when they are not.</summary>
    public static string? RefusalOf(long bytes)
    {
        var (total, available) = (Read("MemTotal:"), Read("MemAvailable:"));
        if (Limit() is { } limit)
        {
            (total, available) = (Math.Min(total, limit.Most), Math.Min(available, Math.Max(0, limit.Most - limit.Used)));
        }

        var reserve = Math.Max(Least, total / 4);
        return bytes <= available - reserve ? null : FormattableString.Invariant(
            $"{bytes >> 20} MiB more would leave less than {reserve >> 20} MiB of {total >> 20} MiB available ({available >> 20} MiB are); ask for less");
    }

    /// <summary>Bytes; long.MaxValue where the kernel does not say.</summary>
    private static long Read(string name)
    {
        try
        {
            var line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? long.MaxValue : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return long.MaxValue;
        }
    }

    /// <summary>Of the control group, which may allow less than the machine has; null where there is none.</summary>
    private static (long Most, long Used)? Limit()
    {
        try
        {
            return long.TryParse(File.ReadAllText("/sys/fs/cgroup/memory.max").Trim(), out var most)
                && long.TryParse(File.ReadAllText("/sys/fs/cgroup/memory.current").Trim(), out var used) ? (most, used) : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
