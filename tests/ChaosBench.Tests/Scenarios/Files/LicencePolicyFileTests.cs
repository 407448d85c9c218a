using System.Text;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class LicencePolicyFileTests
{
    [Fact]
    public void Read_WholePolicy_IsRead()
    {
        var (policy, problems) = Read("""
            allowed: [MIT, Apache-2.0, "GPL-2.0-only WITH Classpath-exception-2.0"]
            denied: ["GPL-*"]
            unknown: warn
            stated:
              - { part: triage-v1, licence: MIT }
              - { part: "@scope/part", licence: Apache-2.0 }
            """);

        Assert.Empty(problems);
        Assert.Equal(["MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"], policy!.Allowed);
        Assert.Equal(["GPL-*"], policy.Denied);
        Assert.Equal(UnknownLicence.Warn, policy.Unknown);
        Assert.Equal("Apache-2.0", policy.Stated["@scope/part"]);
    }

    [Fact]
    public void Read_ShortPolicy_FailsOnTheUnknown()
    {
        var (policy, _) = Read("allowed: [MIT]");

        Assert.Equal(UnknownLicence.Fail, policy!.Unknown);
        Assert.Empty(policy.Denied);
        Assert.Empty(policy.Stated);
    }

    [Theory]
    [InlineData("denied: [MIT]", "l.yaml:1:1: the file has no allowed; add allowed: [MIT, Apache-2.0]")]
    [InlineData("allowed: []", "0 licences")]
    [InlineData("allowed: [\"MIT OR GPL\"]", "l.yaml:1:11: 'MIT OR GPL' is no licence; write an SPDX identifier")]
    [InlineData("allowed: [MIT]\nunknown: ignore", "l.yaml:2:10: 'ignore' is not what to do")]
    [InlineData("allowed: [MIT]\ndeny: [GPL]", "unknown key 'deny'")]
    [InlineData("allowed: [MIT]\nstated: [{ part: a }]", "a stated licence has no licence; add licence: Apache-2.0")]
    [InlineData("[", "not YAML")]
    public void Read_BadFile_SaysWhereAndWhat(string text, string expected)
    {
        var (policy, problems) = Read(text);

        Assert.Null(policy);
        Assert.Contains(problems, problem => problem.ToString().Contains(expected, StringComparison.Ordinal));
    }

    private static (LicencePolicy? Policy, IReadOnlyList<Problem> Problems) Read(string text) =>
        LicencePolicyFile.Read("l.yaml", Encoding.UTF8.GetBytes(text));
}
