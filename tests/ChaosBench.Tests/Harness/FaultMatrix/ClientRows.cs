using static ChaosBench.Tests.Harness.FaultMatrix.MatrixRow;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>Faults in the client's own path, under a policy with retries and hedging.</summary>
internal static class ClientRows
{
    public static IReadOnlyList<MatrixRow> All { get; } =
    [
        Hit("client.latency", ", share: 50%, with: { delay: 150ms }", "the same answer, whose first token comes 150 ms after the request at least",
            (seen, hit) => seen.IsClean(hit) && Seen.IsLate(hit, 150)),
        Saved("client.connect_error", ""), Saved("client.status", ", with: { code: 503 }"), Saved("client.lost_reply", ""),
    ];

    /// <summary>Every attempt has a coin of its own, so a retry gets through.</summary>
    private static MatrixRow Saved(string fault, string with) => Hit(
        fault, ", share: 50%" + with, "an attempt was lost, and the request has the same answer all the same: the policy's retry", (seen, hit) => seen.IsClean(hit));
}
