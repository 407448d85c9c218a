using System.Globalization;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Tests.Scenarios.Traces;

public sealed class InstantsTests
{
    [Theory]
    [InlineData("1970-01-01 00:00:00", 0)]
    [InlineData("1970-01-01T00:00:01.5Z", 1_500_000_000)]
    [InlineData("1970-01-01 00:00:00.0000001", 100)]
    [InlineData("1970-01-01 00:00:00.1234567899", 123_456_789)]
    [InlineData("1970-01-01 02:00:00+02:00", 0)]
    [InlineData("1969-12-31 22:30:00-0130", 0)]
    [InlineData("2000-02-29 12:00:00", 951_825_600_000_000_000)]
    [InlineData(" 2023-11-16 18:15:46.6805900 ", 1_700_158_546_680_590_000)]
    public void Parse_Dates_AreExactToTheirLastDigit(string text, long nanos) => Assert.Equal(nanos, Instants.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("2023-11-16")]
    [InlineData("2023-13-16 18:15:46")]
    [InlineData("2023-02-29 18:15:46")]
    [InlineData("2023-11-16 24:00:00")]
    [InlineData("2023-11-16 18:60:00")]
    [InlineData("2023-11-16 18:15:46 PM")]
    [InlineData("2023-11-16 18:15:46+25:00")]
    [InlineData("0001-01-01 00:00:00")]
    [InlineData("9999-12-31 00:00:00")]
    [InlineData("2023/11/16 18:15:46")]
    [InlineData("-023-11-16 18:15:46")]
    [InlineData("2023-11-16 18.15.46")]
    public void Parse_AnythingElse_IsNothing(string text) => Assert.Null(Instants.Parse(text));

    [Fact]
    public void Parse_ManyDates_AgreesWithTheLibrary()
    {
        var random = new SplitMix64(5);
        for (var step = 0; step < 20_000; step++)
        {
            var ticks = DateTime.UnixEpoch.Ticks + (long)((random.NextDouble() - 0.5) * TimeSpan.FromDays(80_000).Ticks);
            var date = new DateTime(ticks, DateTimeKind.Utc);
            Assert.Equal((ticks - DateTime.UnixEpoch.Ticks) * 100, Instants.Parse(date.ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture)));
        }
    }
}
