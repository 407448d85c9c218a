using System.Globalization;

namespace ChaosBench.Tests.Server.Workers;

/// <summary>A process by number and start time, so that a number given away again is not mistaken for it. Linux only.</summary>
internal sealed record ProcessFacts(int Id, string StartTime)
{
    public static ProcessFacts Of(int id) => new(id, Read(id)?.StartTime ?? throw new InvalidOperationException($"no process {id}"));

    /// <summary>Those that this process started and that still are.</summary>
    public static IReadOnlyList<ProcessFacts> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(id => Read(id) is { State: not ("Z" or "X") } found && found.Parent == parent)
            .Select(Of),
    ];

    /// <summary>The letter of the kernel: T is stopped. Null when the process has ended, reaped or not.</summary>
    public string? State => Read(Id) is { } found && found.StartTime == StartTime && found.State is not ("Z" or "X") ? found.State : null;

    private static (string State, int Parent, string StartTime)? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
