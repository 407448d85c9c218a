using System.Text;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class WaiverFileTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public void Read_WholeWaiver_IsRead()
    {
        var (waivers, problems) = Read("""
            waivers:
              - gate: "p99 ttft <= +5% vs baseline"
                scenario: promote
                owner: ada@example.org
                reason: known, fixed in the next build
                expires: 2026-11-21
            """);

        Assert.Empty(problems);
        var waiver = Assert.Single(waivers);
        Assert.Equal(("promote", "ada@example.org", Today), (waiver.Scenario, waiver.Owner, waiver.Expires));
        Assert.True(waiver.Covers("promote", "p99  ttft <= +5% vs baseline"));
        Assert.False(waiver.Covers("other", "p99 ttft <= +5% vs baseline"));
    }

    [Theory]
    [InlineData("waivers: [{ gate: g, owner: o, reason: r, expires: 2026-11-20 }]",
        "w.yaml:1:52: this waiver expired on 2026-11-20; remove it, or let its owner renew it with a reason that still holds")]
    [InlineData("waivers: [{ gate: g, owner: o, reason: r, expires: soon }]",
        "w.yaml:1:52: 'soon' is not a date; write year, month and day, for example 2026-12-31")]
    [InlineData("waivers: [{ gate: g, owner: o, reason: r, until: 2026-12-31 }]", "unknown key 'until'")]
    [InlineData("waivers: [{ gate: g, reason: r, expires: 2026-12-31 }]", "owner")]
    [InlineData("waivers: []", "waivers")]
    [InlineData("[", "not YAML")]
    [InlineData("", "empty")]
    public void Read_BadFile_SaysWhereAndWhat(string text, string expected)
    {
        var (waivers, problems) = Read(text);

        Assert.Empty(waivers);
        Assert.Contains(problems, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
    }

    private static (IReadOnlyList<ChaosBench.Scenarios.Model.Waiver> Waivers, IReadOnlyList<Problem> Problems) Read(string text) =>
        WaiverFile.Read("w.yaml", Encoding.UTF8.GetBytes(text), Today);
}
