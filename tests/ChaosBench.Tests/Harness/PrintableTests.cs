using ChaosBench.Harness;

namespace ChaosBench.Tests.Harness;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain ünïcode 日本", "plain ünïcode 日本")]
    [InlineData("\u001b[2Jgone", "<U+001B>[2Jgone")]
    [InlineData("two\nlines\r", "two\\nlines<U+000D>")]
    [InlineData("a\u202Eb\u200Bc", "a<U+202E>b<U+200B>c")]
    public void Line_HostileText_DrivesNoTerminal(string text, string expected) =>
        Assert.Equal(expected, Printable.Line(text));

    [Fact]
    public void Line_LongText_IsCut() => Assert.Equal(11, Printable.Line(new string('x', 100_000), 10).Length);
}
