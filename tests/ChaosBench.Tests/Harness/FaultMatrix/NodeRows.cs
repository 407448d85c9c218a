using ChaosBench.Reports.Journal;
using static ChaosBench.Tests.Harness.FaultMatrix.MatrixRow;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>Faults on nodes and on the machine, on a model whose replicas are processes of their own.</summary>
internal static class NodeRows
{
    public static IReadOnlyList<MatrixRow> All { get; } =
    [
        Of("node.kill", ", select: { replica: 1 }", "replica-lost, ejected and, once it is back, replica-ready noticed",
            seen => Noticed(seen, "replica-lost", "ejected", "replica-ready"), 1500),
        Of("node.freeze", ", select: { replica: 1 }", "replica-unresponsive and, once it goes on, readmitted noticed",
            seen => Noticed(seen, "replica-unresponsive", "readmitted"), 3000),
        Of("node.slow", ", select: { replica: 1 }, with: { speed: 10%, period: 300ms }", "answers of that replica have gaps of 100 ms and more",
            seen => seen.Bystanders.Any(one => one.Replica == 1 && (Seen.HasGap(one, 100) || Seen.IsLate(one, 100))), 3000),
        Of("node.flap", ", select: { replica: 1 }, with: { down: 200ms, up: 200ms, how: freeze }", "applied again and again in one window",
            seen => seen.Applied >= 2, 3000),
        Of("node.partition", ", select: { replica: 1 }", "replica-unresponsive and readmitted noticed, and no restart between",
            seen => Noticed(seen, "replica-unresponsive", "readmitted") && !seen.Noticed.Contains("replica-ready"), 3000),
        Of("resource.cpu", ", with: { threads: 1, load: 50% }", "a process of ours computes, and has ended afterwards",
            seen => seen.Detail.StartsWith("1 threads at 50 %", StringComparison.Ordinal)),
        Of("resource.memory", ", with: { size: 64MiB }", "a process of ours holds it, and has ended afterwards",
            seen => seen.Detail == "64 MiB held"),
        // Last: it goes on beyond its window.
        Of("node.rolling_restart", "", "replica-draining and replica-ready noticed, replica by replica, and no request lost",
            seen => Noticed(seen, "replica-draining", "replica-ready")
                && seen.Bystanders.All(one => one.Outcome == Outcome.Completed), 1000),
    ];

    private static bool Noticed(Seen seen, params string[] what) => what.All(seen.Noticed.Contains);
}
