using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Reports.Baselines;

public sealed class BaselineBookTests : IDisposable
{
    private readonly TempFolder _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Current_PromotedAgain_IsTheLastOfEachNameAndScenario()
    {
        var book = new BaselineBook(_runs.Path);
        Assert.Empty(book.Current());

        book.Add(One("main", "steady", "run-1"));
        book.Add(One("main", "burst", "run-2"));
        book.Add(One("old", "steady", "run-1"));
        book.Add(One("main", "steady", "run-3"));

        Assert.Equal(["main burst run-2", "main steady run-3", "old steady run-1"], book.Current().Select(one => $"{one.Name} {one.Scenario} {one.Run}"));
        Assert.Equal(4, book.Read().Count);
    }

    [Fact]
    public async Task Add_ManyAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => new BaselineBook(_runs.Path).Add(One($"n{i}", "steady", "run")))));

        Assert.Equal(32, new BaselineBook(_runs.Path).Current().Count);
    }

    [Theory]
    [InlineData("", "this is no promotion")]
    [InlineData("null", "this is no promotion")]
    [InlineData("[1]", "this is no promotion")]
    [InlineData("""{"schema":1,"name":"main"}""", "this is no promotion")]
    [InlineData("""{"schema":2,"name":"main"}""", "it has schema 2 and this chaosbench reads up to 1; use a newer chaosbench")]
    public void Read_LineThatIsNotOurs_IsNamed(string line, string problem)
    {
        var book = new BaselineBook(_runs.Path);
        book.Add(One("main", "steady", "run-1"));
        var path = Path.Combine(_runs.Path, BaselineBook.FileName);
        File.AppendAllText(path, line.Length > 0 ? line + "\n" : File.ReadAllText(path)[..40]);

        var found = Assert.Throws<BaselineException>(() => book.Current());

        Assert.Equal(ReasonCodes.BaselineUnreadable, found.ReasonCode);
        Assert.Contains($"{BaselineBook.FileName}:2: {problem}", found.Message, StringComparison.Ordinal);
        Assert.Throws<BaselineException>(() => book.Add(One("main", "steady", "run-2"))); // nobody would read it
    }

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("/etc")]
    [InlineData("..")]
    [InlineData("")]
    public void Read_RunThatLeavesTheFolder_IsRefused(string run)
    {
        var book = new BaselineBook(_runs.Path);
        book.Add(One("main", "steady", run));

        Assert.Throws<BaselineException>(() => book.Current());
    }

    [Theory]
    [InlineData("main", true)]
    [InlineData("release-4.2_b", true)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("main\n", false)]
    public void IsName_AsWritten_IsToldApart(string text, bool expected) => Assert.Equal(expected, BaselineBook.IsName(text));

    private static Promotion One(string name, string scenario, string run) => new()
    {
        Name = name, Scenario = scenario, Run = run, StartedUtc = default, Print = new RunPrint("a", "b"), Verdict = RunVerdict.Pass,
        PromotedUtc = default, By = "somebody",
    };
}
