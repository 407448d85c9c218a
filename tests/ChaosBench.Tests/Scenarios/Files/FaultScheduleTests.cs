using System.Text.Json;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

/// <summary>The keys that say when within its time a fault acts. The fault phase of these files is 12 s to 22 s.</summary>
public sealed class FaultScheduleTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "{ fault: input.null_bytes, nth: 0 }", "9:46: '0' is not a whole number from 1 to 1000000; write a whole number in that range, without a unit" },
        { "{ fault: node.kill, nth: 1 }", "9:39: node.kill does not choose among requests; remove nth:, or use burst: for several windows" },
        { "{ fault: input.null_bytes, nth: 1, share: 30% }", "9:46: nth: beside share:; keep one of them: numbered requests are hit for certain" },
        { "{ fault: input.null_bytes, ramp: { from: 0%, to: 50% }, share: 30% }", "9:47: ramp: beside share:; keep one of them: the ramp is of the share" },
        { "{ fault: input.null_bytes, ramp: { from: 0, to: 50% } }", "9:55: '0' has no unit; write 0%" },
        { "{ fault: node.kill, ramp: { from: 0%, to: 50% } }", "9:40: node.kill does not choose by share; ramp one of its parameters with of:, or use burst:" },
        { "{ fault: dependency.latency, ramp: { of: p5, from: 0ms, to: 9ms } }", "9:55: dependency.latency has no numeric parameter 'p5'; did you mean 'p50'?" },
        { "{ fault: dependency.latency, ramp: { of: p50, from: 1ms, to: 9ms }, with: { p50: 2ms } }", "9:90: p50 stands in with: and in ramp:; keep one of them" },
        { "{ fault: dependency.latency, ramp: { of: p50, from: 1ms, to: 9ms }, burst: { windows: 2, for: 1s, every: 2s } }", "9:49: ramp: beside burst:; keep one of them: a ramp of a parameter makes windows itself" },
        { "{ fault: node.kill, burst: { windows: 3, for: 2s, every: 1s } }", "9:41: the windows of the burst overlap; write every: longer than for:" },
        { "{ fault: node.kill, burst: { windows: 30, for: 1s, every: 2s } }", "9:14: the fault ends at 71s, after the fault phase; the fault phase is 12s to 22s from the start of the run; shorten for: or lengthen phases.fault" },
        { "{ fault: node.kill, for: 4s, burst: { windows: 3, for: 1s, every: 2s } }", "9:39: 3 windows of the burst need 5s, and the fault lasts 4s; lengthen for:, or take fewer or shorter windows" },
        { "{ fault: node.kill, burst: { windows: 1, for: 1s, every: 2s }, poisson: { mean: 1s, for: 1s } }", "9:86: poisson: beside burst:; keep one of them: a fault has one row of windows" },
        { "{ fault: node.kill, poisson: { mean: 1s } }", "9:43: a row of poisson windows has no for; add for: 1s" },
        { "{ fault: node.kill, until: \"accuracy < 3%\" }", "9:41: accuracy is known only after the run, so that no fault can wait for it; watch ttft, e2e, ttft_service, e2e_service, tpot, max_stall, dispatch_lag or error_rate, or make it a gate" },
        { "{ fault: input.null_bytes, until: \"error_rate > 3%\" }", "9:48: the plan fixes the victims of input.null_bytes before the run; write at: and for:, which the plan knows" },
        { "{ fault: node.kill, after: { fault: lose } }", "9:41: there is no fault with the id 'lose'; known: node.kill-1" },
        { "{ fault: node.kill, after: { fault: node.kill-1 } }", "9:41: the fault waits for 'node.kill-1', which waits for it; give one of them at:" },
        { "{ fault: node.kill, at: 13s, after: { fault: node.kill-1 } }", "9:50: after: beside at:; keep one of them: the other fault decides when this one starts" },
        { "{ fault: node.kill, id: a, for: 9s }, { fault: node.kill, after: { fault: a, delay: 2s } }", "9:79: the fault starts at 23s at the earliest, outside the fault phase; the fault phase is 12s to 22s from the start of the run; shorten what it waits for or change phases:" },
        { "{ fault: node.kill, id: a, for: 1s }, { fault: node.kill, after: { fault: a, event: heeled } }", "9:98: 'heeled' is not an event; did you mean 'healed'?" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Read_WrongSchedule_SaysWhereWhatAndWhatWouldBeRight(string line, string expected)
    {
        var problems = Some.Problems(Some.With($"faults: [{line}]"));

        Assert.Contains("suite.yaml:" + expected, problems);
    }

    [Fact]
    public void Read_EveryForm_IsUnderstood()
    {
        var faults = Some.Scenario("""
            faults:
              - { id: bursts, fault: node.kill, at: 13s, burst: { windows: 3, for: 500ms, every: 2s } }
              - { id: chance, fault: node.kill, poisson: { mean: 2s, for: 100ms } }
              - { id: rising, fault: dependency.latency, ramp: { from: 10%, to: 60% } }
              - { id: slower, fault: dependency.latency, ramp: { of: delay, from: 10ms, to: 1s, steps: 5 }, share: 20% }
              - { id: first, fault: input.null_bytes, nth: 1 }
              - { id: some, fault: input.null_bytes, nth: [2, 4] }
              - { id: enough, fault: node.kill, until: "error_rate > 20% for 2s" }
              - { id: next, fault: node.kill, after: { fault: bursts, event: ended, delay: 1s } }
            """).Faults;

        Assert.Equal(new FaultRepeat.Burst(3, TimeSpan.FromSeconds(2)) { For = TimeSpan.FromMilliseconds(500) }, faults[0].Schedule.Repeat);
        Assert.Equal(TimeSpan.FromSeconds(4.5), faults[0].For);
        Assert.Equal(new FaultRepeat.Poisson(TimeSpan.FromSeconds(2)) { For = TimeSpan.FromMilliseconds(100) }, faults[1].Schedule.Repeat);
        Assert.Equal(new FaultRamp("share", 0.1, 0.6), faults[2].Schedule.Ramp);
        Assert.Equal(new Share(0.6), faults[2].Share);
        Assert.Equal(new FaultRamp("delay", 0.01, 1, 5), faults[3].Schedule.Ramp);
        Assert.Equal([1], faults[4].Schedule.Nth);
        Assert.Equal([2, 4], faults[5].Schedule.Nth);
        Assert.Equal(TimeSpan.FromSeconds(2), faults[6].Schedule.Until!.For);
        Assert.Equal(new FaultTrigger("bursts", FaultMoment.Ended, TimeSpan.FromSeconds(1)), faults[7].Schedule.After);
        Assert.Equal((TimeSpan.FromSeconds(18.5), TimeSpan.FromSeconds(3.5)), (faults[7].At, faults[7].For));
    }

    [Fact]
    public void FaultSettings_WrittenAndRead_IsTheSameFault()
    {
        var faults = Some.Scenario("""
            faults:
              - { id: a, fault: node.kill, at: 13.1234567s, burst: { windows: 3, for: 500ms, every: 2s }, select: { replica: 1 }, expect: { detectedWithin: 2s } }
              - { id: b, fault: dependency.latency, poisson: { mean: 2s, for: 100ms }, share: 33.3%, with: { p50: 5ms } }
              - { id: c, fault: dependency.latency, ramp: { of: delay, from: 10ms, to: 1s, steps: 5 } }
              - { id: d, fault: input.null_bytes, nth: [2, 4], minExposure: 2 }
              - { id: e, fault: node.kill, until: "p99 e2e > 2s for 3s", after: { fault: a, event: detected } }
            """).Faults;

        var read = faults.Select(fault => FaultSettings.Read(
            JsonSerializer.SerializeToElement(FaultSettings.Of(fault)), kind => Some.Faults.Single(known => known.Name == kind).Scope));

        Assert.Equal(faults.Select(fault => FaultSettings.Of(fault).ToJsonString()), read.Select(fault => FaultSettings.Of(fault).ToJsonString()));
        Assert.Equal(faults.Select(fault => (fault.At, fault.For, fault.Scope, fault.Schedule.Until?.Condition.Limit)), read.Select(fault => (fault.At, fault.For, fault.Scope, fault.Schedule.Until?.Condition.Limit)));
    }
}
