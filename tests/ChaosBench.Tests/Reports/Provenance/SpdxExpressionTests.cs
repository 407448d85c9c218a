using ChaosBench.Reports.Provenance;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Provenance;

public sealed class SpdxExpressionTests
{
    private static readonly LicencePolicy Policy = new(
        ["MIT", "Apache-2.0", "BSD-*", "GPL-2.0-only WITH Classpath-exception-2.0", "LGPL-2.1"], ["GPL-*", "AGPL-*", "Apache-2.0 WITH LLVM-exception"],
        UnknownLicence.Fail, new Dictionary<string, string>());

    [Theory]
    [InlineData("MIT", "MIT")]
    [InlineData("  ( MIT )  ", "MIT")]
    [InlineData("MIT or Apache-2.0", "MIT OR Apache-2.0")]
    [InlineData("MIT OR Apache-2.0 AND BSD-3-Clause", "MIT OR Apache-2.0 AND BSD-3-Clause")]
    [InlineData("(MIT OR Apache-2.0) AND BSD-3-Clause", "(MIT OR Apache-2.0) AND BSD-3-Clause")]
    [InlineData("GPL-2.0+ WITH Bison-exception-2.2", "GPL-2.0+ WITH Bison-exception-2.2")]
    [InlineData("DocumentRef-a:LicenseRef-b AND MIT", "DocumentRef-a:LicenseRef-b AND MIT")]
    public void Parse_Expression_IsReadAndWritten(string text, string again)
    {
        var (expression, problem) = SpdxExpression.Parse(text);

        Assert.Null(problem);
        Assert.Equal(again, expression!.ToString());
        Assert.Equal(again, SpdxExpression.Parse(again).Expression!.ToString());
    }

    [Theory]
    [InlineData("", "it ends where a licence should be")]
    [InlineData("MIT AND", "it ends where a licence should be")]
    [InlineData("AND MIT", "'AND' comes where a licence should")]
    [InlineData("MIT Apache-2.0", "'Apache-2.0' comes where AND, OR or the end should")]
    [InlineData("(MIT", "a bracket is not closed")]
    [InlineData("MIT)", "')' comes where AND, OR or the end should")]
    [InlineData("GPL-2.0-only WITH", "WITH is followed by no exception")]
    [InlineData("MIT / Apache-2.0", "'/' is not part of an SPDX expression")]
    [InlineData("NOASSERTION", "NOASSERTION states no licence")]
    public void Parse_NoExpression_SaysWhy(string text, string problem)
    {
        Assert.Equal((null, problem), SpdxExpression.Parse(text));
    }

    [Fact]
    public void Parse_DeepOrLong_IsRefused()
    {
        Assert.Contains("brackets", SpdxExpression.Parse(new string('(', 100) + "MIT" + new string(')', 100)).Problem, StringComparison.Ordinal);
        Assert.Contains("more than 400", SpdxExpression.Parse(string.Join(" AND ", Enumerable.Repeat("MIT", 5_000))).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MIT", LicenceStanding.Allowed)]
    [InlineData("mit", LicenceStanding.Allowed)]
    [InlineData("BSD-3-Clause", LicenceStanding.Allowed)]
    [InlineData("GPL-3.0-only", LicenceStanding.Denied)]
    [InlineData("WTFPL", LicenceStanding.Unknown)]
    [InlineData("MIT OR GPL-3.0-only", LicenceStanding.Allowed)]
    [InlineData("MIT AND GPL-3.0-only", LicenceStanding.Denied)]
    [InlineData("MIT AND WTFPL", LicenceStanding.Unknown)]
    [InlineData("WTFPL OR GPL-3.0-only", LicenceStanding.Unknown)]
    [InlineData("MIT OR GPL-3.0-only AND AGPL-3.0-only", LicenceStanding.Allowed)]
    [InlineData("(MIT OR GPL-3.0-only) AND AGPL-3.0-only", LicenceStanding.Denied)]
    [InlineData("GPL-2.0-only WITH Classpath-exception-2.0", LicenceStanding.Allowed)]
    [InlineData("GPL-2.0-only WITH Bison-exception-2.2", LicenceStanding.Denied)]
    [InlineData("MIT WITH Some-exception", LicenceStanding.Allowed)]
    [InlineData("Apache-2.0 WITH LLVM-exception", LicenceStanding.Denied)]
    [InlineData("LGPL-2.1+", LicenceStanding.Allowed)]
    [InlineData("LGPL-2.1-or-later", LicenceStanding.Unknown)]
    public void Judge_Expression_StandsAsThePolicySays(string text, LicenceStanding standing)
    {
        var list = new PartsList(new Component("whole") { Licence = text }, []);

        Assert.Equal(standing, Assert.Single(LicenceJudge.Judge(list, Policy)).Standing);
    }

    [Fact]
    public void Judge_PartsWithoutWords_AreUnknownUnlessTheOperatorKnows()
    {
        var list = new PartsList(new Component("whole") { Licence = "MIT" },
            [new Component("silent"), new Component("odd") { Licence = "see website" }, new Component("told") { Licence = "GPL-3.0-only" }, new Component("a.onnx") { Kind = ComponentKind.File }]);
        var policy = Policy with { Stated = new Dictionary<string, string> { ["told"] = "MIT" } };

        var findings = LicenceJudge.Judge(list, policy).ToDictionary(finding => finding.Part);

        Assert.Equal("states no licence", findings["silent"].Why);
        Assert.Equal("'see website' is no SPDX expression: 'website' comes where AND, OR or the end should", findings["odd"].Why);
        Assert.Equal(LicenceStanding.Allowed, findings["told"].Standing);
        Assert.DoesNotContain("a.onnx", findings.Keys);
    }
}
