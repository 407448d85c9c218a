using ChaosBench.Chaos;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class FaultPresetTests
{
    private static readonly ReadOptions Real = Some.Options with { Faults = FaultCatalogue.All };

    [Fact]
    public void Read_Preset_BecomesPlainFaultsWithinItsTime()
    {
        var faults = Faults("[{ preset: rate-limit-storm, at: 13s, for: 5s, id: storm }, { fault: node.kill }]");

        Assert.Equal(["storm-1", "storm-2", "node.kill-3"], faults.Select(fault => fault.Id));
        Assert.Equal(["rate-limit-storm", "rate-limit-storm", null], faults.Select(fault => fault.Preset));
        Assert.Equal(new FaultRepeat.Burst(3, TimeSpan.FromSeconds(2)) { For = TimeSpan.FromSeconds(1) }, faults[0].Schedule.Repeat);
        Assert.All(faults.Take(2), fault => Assert.Equal((TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(5)), (fault.At, fault.For)));
    }

    [Fact]
    public void Read_PresetOnARemoteTarget_LeavesOutWhatItCannotCarry()
    {
        var served = Faults("[{ preset: brown-out }]");
        var remote = Assert.Single(Some.Suite(
            Some.With("faults: [{ preset: brown-out }]").Replace("{ type: onnx, model: models/triage }", "{ type: openai, url: \"http://127.0.0.1:1/v1\", model: m }", StringComparison.Ordinal), Real).Scenarios).Faults;

        Assert.Contains(served, fault => fault.Kind == "dependency.latency");
        Assert.Equal(served.Select(fault => fault.Kind).Where(kind => kind != "dependency.latency"), remote.Select(fault => fault.Kind));
    }

    [Theory]
    [InlineData("task", false)]
    [InlineData("process", true)]
    public void Read_BrownOut_SlowsAReplicaWhereReplicasAreProcesses(string isolation, bool expected)
    {
        var text = Some.With("faults: [{ preset: brown-out }]").Replace("models/triage }", $"models/triage, isolation: {isolation} }}", StringComparison.Ordinal);

        Assert.Equal(expected, Assert.Single(Some.Suite(text, Real).Scenarios).Faults.Any(fault => fault.Kind == "node.slow"));
    }

    [Theory]
    [InlineData("[{ preset: rate-limit-strom }]", "9:24: 'rate-limit-strom' is not a preset; did you mean 'rate-limit-storm'?")]
    [InlineData("[{ preset: brown-out, share: 30% }]", "9:35: unknown key 'share' in a preset; known: preset, at, for, id")]
    [InlineData("[{ preset: brown-out, for: 20s }]", "9:40: the fault ends at 32s, after the fault phase; the fault phase is 12s to 22s from the start of the run; shorten for: or lengthen phases.fault")]
    public void Read_WrongPreset_SaysWhereWhatAndWhatWouldBeRight(string faults, string expected) =>
        Assert.Contains("suite.yaml:" + expected, Some.Problems(Some.With("faults: " + faults), Real));

    [Fact]
    public void Read_PresetWithoutItsFaults_SaysWhichIsMissing() =>
        Assert.Contains(
            Some.Problems(Some.With("faults: [{ preset: rate-limit-storm }]")),
            problem => problem.Contains("the preset rate-limit-storm needs a fault that is not there: there is no fault 'http.429'", StringComparison.Ordinal));

    private static IReadOnlyList<Fault> Faults(string faults) => Assert.Single(Some.Suite(Some.With("faults: " + faults), Real).Scenarios).Faults;
}
