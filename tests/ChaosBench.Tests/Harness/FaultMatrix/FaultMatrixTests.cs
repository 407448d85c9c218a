using ChaosBench.Chaos;
using ChaosBench.Chaos.Stress;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Tests.Harness.FaultMatrix;

/// <summary>Every fault of the catalogue, injected for real, and what the journal then shows. The table of docs/faults.md comes from here.</summary>
public sealed class FaultMatrixTests(MatrixRuns runs) : IClassFixture<MatrixRuns>
{
    /// <summary>Set to write the table anew, from the runs of this test.</summary>
    private const string Write = "CHAOSBENCH_WRITE_FAULT_MATRIX";

    private const string Card = "resource.gpu_memory";

    private static IEnumerable<MatrixRow> Rows => [.. ServedRows.All, .. WireRows.All, .. NodeRows.All, .. ClientRows.All];

    public static TheoryData<string> Names => [.. FaultCatalogue.All.Select(kind => kind.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Run_WithTheFault_AppliesItShowsItAndHealsIt(string fault)
    {
        Skip.If(fault == Card, "needs a run on a machine with an NVIDIA GPU: " + GpuStressor.RefusalOf());
        Skip.If(!runs.Faults.Contains(fault) && !OperatingSystem.IsLinux(), "faults on processes need Linux");
        Skip.If(fault == "resource.cpu" && Environment.ProcessorCount < 2, "needs a second core");

        var seen = await runs.SeenAsync(fault);

        Assert.True(seen.Applied > 0 || seen.Hits.Count > 0, $"{fault} met nobody");
        Assert.True(runs.RowOf(fault).IsSeen(seen), $"{fault}: {runs.RowOf(fault).Observable}; but {Told(seen)}");
        Assert.Equal([FaultState.Ordered, FaultState.Active, FaultState.Cleared, FaultState.Healed], seen.States);
    }

    [Fact]
    public void Rows_AllOfThem_AreTheCatalogue()
    {
        var inMatrix = Rows.Select(row => row.Fault).Append(Card);

        Assert.Equal(FaultCatalogue.All.Select(kind => kind.Name).Order(StringComparer.Ordinal), inMatrix.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Page_EveryFault_StandsThereAsInTheCatalogue()
    {
        if (Environment.GetEnvironmentVariable(Write) is { Length: > 0 })
        {
            await FaultPage.WriteAsync(runs, Card);
        }

        var page = FaultPage.Read();
        Assert.Equal(FaultCatalogue.All.Select(kind => kind.Name), page.Select(row => row.Fault));
        Assert.All(FaultCatalogue.All.Zip(page), pair => Assert.Equal(FaultPage.Facts(pair.First), pair.Second.Facts));
        Assert.All(page.Where(row => row.Fault != Card), row =>
        {
            Assert.True(row.Applied > 0, row.Fault);
            Assert.Equal("seen, healed", row.Verdict);
            Assert.Equal(Rows.Single(known => known.Fault == row.Fault).Observable, row.Observable);
        });
    }

    private static string Told(Seen seen) =>
        $"applied {seen.Applied}, detail '{seen.Detail}', noticed {string.Join(' ', seen.Noticed.Distinct())}, hits "
        + string.Join("; ", seen.Hits.Take(6).Select(hit => $"{hit.Outcome} {hit.Status} {hit.Reason} {hit.FinishReason} {hit.OutputTokens} {hit.TokenSource}"));
}
