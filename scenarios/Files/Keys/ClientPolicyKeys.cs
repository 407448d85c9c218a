using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>clientPolicy:</c>.</summary>
internal static class ClientPolicyKeys
{
    private static readonly Key<int> Retries =
        new("retries", Scalars.Count(0, 10), "Further attempts after one that failed before it gave any token, 0 to 10.") { Default = "2" };

    private static readonly Key<TimeSpan> Backoff =
        new("backoff", Scalars.Duration, "Wait before the first retry; doubles from one to the next. A longer Retry-After is kept.") { Default = "100ms" };

    private static readonly Key<TimeSpan> AttemptTimeout =
        new("attemptTimeout", Scalars.Limit, "Longest time of one attempt. Left out: that of the target.") { Example = "2s" };

    private static readonly Key<TimeSpan> HedgeAfter = new(
        "hedgeAfter", Scalars.Limit, "After so long without a token a second attempt starts beside the first; the first token wins. Left out: none.") { Example = "500ms" };

    private static readonly Table<ClientPolicy> Table = new(
        "clientPolicy", "a client policy", "How the client under test behaves when something goes wrong; faults of the vantage client test it.",
        [Retries, Backoff, AttemptTimeout, HedgeAfter],
        keys => new ClientPolicy
        {
            Retries = keys.Get(Retries), Backoff = keys.Get(Backoff), AttemptTimeout = keys.Maybe(AttemptTimeout), HedgeAfter = keys.Maybe(HedgeAfter),
        });

    public static Key<ClientPolicy> Policy { get; } = new(
        "clientPolicy", Table, "How the client under test behaves when something goes wrong; faults of the vantage client test it.")
        { Example = "{ retries: 2, attemptTimeout: 2s }" };
}
