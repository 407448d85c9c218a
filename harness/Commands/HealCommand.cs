using System.CommandLine;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChaosBench.Chaos.Leases;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench heal</c>: finishes the leases of runs that are gone.</summary>
internal static class HealCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var json = new Option<bool>("--json") { Description = "Machine-readable, on stdout" };
        var heal = new Command("heal", "Take away what runs that are gone left broken; never touches a run that lives") { json };
        heal.SetAction((parsed, cancellation) => HealAsync(terminal, parsed.GetValue(json), time, cancellation));
        return heal;
    }

    /// <summary>Before a run: what is left of others would be measured as its own. Says what it does, and nothing when there is nothing.</summary>
    /// <returns>False when something is still broken.</returns>
    public static async Task<bool> BeforeRunAsync(Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            var leftovers = await Leftovers.HealAsync(Place(), new Healer(time), cancellation).ConfigureAwait(false);
            foreach (var leftover in leftovers.Where(one => one.State is LeftoverState.Healed or LeftoverState.Failed or LeftoverState.Refused))
            {
                terminal.Error.WriteLine(Printable.Line("left by an earlier run: " + Words(leftover)));
            }

            return leftovers.All(leftover => leftover.State != LeftoverState.Failed);
        }
        catch (LeaseException trouble)
        {
            // A run that breaks nothing outside itself can go on without; one that does is refused when it opens its leases.
            terminal.Error.WriteLine(Printable.Line(trouble.Message));
            return true;
        }
    }

    private static async Task<int> HealAsync(Terminal terminal, bool json, TimeProvider time, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("heal: leases are kept on Linux only; there is nothing to heal here.");
        }

        IReadOnlyList<Leftover> leftovers;
        try
        {
            leftovers = await Leftovers.HealAsync(Place(), new Healer(time), cancellation).ConfigureAwait(false);
        }
        catch (LeaseException trouble)
        {
            terminal.Error.WriteLine(Printable.Line(trouble.Message));
            return ExitCodes.Error;
        }

        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(leftovers.Select(Row), Json));
        }
        else
        {
            foreach (var leftover in leftovers)
            {
                terminal.Out.WriteLine(Printable.Line(Words(leftover)));
            }

            if (leftovers.Count == 0)
            {
                terminal.Error.WriteLine("nothing to heal: there are no leases.");
            }
        }

        return leftovers.Any(leftover => leftover.State is LeftoverState.Failed or LeftoverState.Refused) ? ExitCodes.Error : ExitCodes.Pass;
    }

    [SupportedOSPlatform("linux")]
    private static string Place() => LeaseFolder.DefaultPlace(Environment.GetEnvironmentVariable);

    private static string Words(Leftover leftover) => leftover.Lease is { } lease
        ? $"{Word(leftover.State)}  {lease.Fault} of '{lease.Run}': {lease.Heal}: {leftover.Detail}"
        : $"{Word(leftover.State)}  {leftover.Place}: {leftover.Detail}";

    private static object Row(Leftover leftover) => new
    {
        state = Word(leftover.State),
        file = leftover.Place,
        run = leftover.Lease?.Run,
        fault = leftover.Lease?.Fault,
        owner = leftover.Lease?.Owner.Pid,
        action = leftover.Lease?.Heal.ToString(),
        detail = leftover.Detail,
    };

    private static string Word(LeftoverState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}
