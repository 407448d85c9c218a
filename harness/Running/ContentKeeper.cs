using System.Runtime.CompilerServices;
using System.Text;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Hands the texts of a sample of the requests to <c>content.jsonl.gz</c>. The prompt's key decides, so that both arms of an A/B run keep
/// the same prompts.
/// </summary>
internal sealed class ContentKeeper(ContentWriter writer, double share, ulong seed)
{
    /// <summary>Requests whose texts are kept, about; of a run with fewer, all.</summary>
    public const int About = 10_000;

    /// <summary>What of a raw body is shown; it is hostile on purpose and need not be text.</summary>
    private const int MaxBody = 4096;

    // The same prompts are asked again and again, and the writer knows a list that it has redacted before.
    private static readonly ConditionalWeakTable<PlannedPrompt, IReadOnlyList<ContentMessage>> Prompts = [];

    private int _taken;

    /// <summary>A closed workload has no number of requests before it ends: its first ones are kept.</summary>
    public static double ShareOf(Plan plan) => plan.Scenario.Workload is Workload.Open && plan.Arrivals.Count > About
        ? (double)About / plan.Arrivals.Count : 1;

    /// <summary>Whether the texts of this request will be kept. To be asked once for each.</summary>
    public bool Takes(Arrival arrival) => share < 1
        ? KeyedHash.Coin(seed, "content", arrival.Key, share)
        : Volatile.Read(ref _taken) < 2 * About && Interlocked.Increment(ref _taken) <= 2 * About;

    /// <summary>For a request that was taken.</summary>
    public void OnEnded(Arrival arrival, JournalEvent.Observation observation, string? output)
    {
        if (observation.Outcome == Outcome.NotSent)
        {
            return;
        }

        writer.Write(new ContentLine
        {
            Arrival = arrival.Index,
            Key = arrival.Key,
            Target = observation.Target,
            Outcome = observation.Outcome,
            Messages = Prompts.GetValue(arrival.Prompt, Messages),
            Output = output,
            Expected = arrival.Prompt.Expected,
        });
    }

    /// <summary>The file in a run folder, which is the user's alone; so is the file.</summary>
    public static ContentWriter Open(string folder, RedactionRules rules, double share)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new ContentWriter(new FileStream(Path.Combine(folder, ContentWriter.FileName), options), rules, share);
    }

    private static IReadOnlyList<ContentMessage> Messages(PlannedPrompt prompt) => prompt.RawBody is { } body
        ? [new ContentMessage("body", Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxBody)]))]
        : [.. prompt.Messages.Select(message => new ContentMessage(message.Role, message.Content))];
}
