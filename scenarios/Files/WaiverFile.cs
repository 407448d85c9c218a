using System.Globalization;
using System.Text.Json.Nodes;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Waivers: <c>waivers: [{ gate, scenario, owner, reason, expires }]</c> in YAML or JSON, in a file that the operator names. One that has
/// expired is a problem, not a waiver that quietly ends.
/// </summary>
public static class WaiverFile
{
    private static readonly Kind<DateOnly> Day = new ScalarKind<DateOnly>("a date", "2026-12-31", static scalar =>
        DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : new Flaw($"{Shown.Quoted(scalar.Text)} is not a date", "write year, month and day, for example 2026-12-31"),
        static () => new JsonObject { ["type"] = "string", ["format"] = "date" });

    private static readonly Key<string> Gate = new("gate", Scalars.Text, "The gate, as it stands in the scenario.")
        { Required = true, Example = "\"p99 ttft <= +5% vs baseline\"" };

    private static readonly Key<string> Scenario = new("scenario", Scalars.Text, "Only in this scenario.");
    private static readonly Key<string> Owner = new("owner", Scalars.Text, "Who answers for it.") { Required = true, Example = "ada@example.org" };
    private static readonly Key<string> Reason = new("reason", Scalars.Text, "Why.") { Required = true, Example = "\"known, fixed in the next build\"" };

    /// <param name="name">As the user named it, for messages.</param>
    /// <param name="bytes">May be hostile.</param>
    /// <param name="today">In UTC.</param>
    /// <returns>Every waiver, or every problem.</returns>
    public static (IReadOnlyList<Waiver> Waivers, IReadOnlyList<Problem> Problems) Read(string name, ReadOnlyMemory<byte> bytes, DateOnly today)
    {
        var reading = new Reading(name, new ReadOptions());
        var root = SourceText.Read(bytes.Span, reading) is { } text ? NodeTree.Parse(text, reading) : null;
        var waivers = root is not null && File(today).TryRead(root, reading, out var all) ? all : [];
        return reading.Found > 0 ? ([], reading.Problems()) : (waivers, []);
    }

    private static Table<IReadOnlyList<Waiver>> File(DateOnly today)
    {
        var valid = new CheckedKind<DateOnly, DateOnly>(Day, (day, _, _) => day >= today ? day : new Flaw(
            string.Create(CultureInfo.InvariantCulture, $"this waiver expired on {day:yyyy-MM-dd}"),
            "remove it, or let its owner renew it with a reason that still holds"));
        var expires = new Key<DateOnly>("expires", valid, "The last day on which it holds, in UTC.") { Required = true, Example = "2026-12-31" };
        var one = new Table<Waiver>(
            "waiver", "a waiver", "One gate that does not count for a while.", [Gate, Scenario, Owner, Reason, expires],
            keys => new Waiver(keys.Get(Gate)!, keys.Get(Scenario), keys.Get(Owner)!, keys.Get(Reason)!, keys.Get(expires)));
        var list = new Key<IReadOnlyList<Waiver>>("waivers", new ListOf<Waiver>(one, "waivers", 1, 256), "Gates that do not count for a while.")
            { Required = true, Example = "[{ gate: ..., owner: ..., reason: ..., expires: 2026-12-31 }]" };
        return new Table<IReadOnlyList<Waiver>>("waiverFile", "the file", "Waivers.", [list], keys => keys.Get(list)!);
    }
}
