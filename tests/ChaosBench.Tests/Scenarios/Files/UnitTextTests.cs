using System.Globalization;
using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class UnitTextTests
{
    [Theory]
    [InlineData("250us", 2_500)]
    [InlineData("0.5us", 5)]
    [InlineData("800ms", 8_000_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("2m", 1_200_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("0s", 0)]
    [InlineData("168h", 6_048_000_000_000)]
    public void Duration_EveryUnit_IsExactInTicks(string text, long ticks) => Assert.Equal(ticks, UnitText.Duration(text).Value.Ticks);

    [Theory]
    [InlineData("40/s", 40)]
    [InlineData("600/min", 10)]
    [InlineData("36/h", 0.01)]
    [InlineData("0.5/s", 0.5)]
    public void Rate_EveryUnit_IsPerSecond(string text, double perSecond) => Assert.Equal(perSecond, UnitText.Rate(text).Value.PerSecond, 12);

    [Theory]
    [InlineData("30%", 0.3)]
    [InlineData("0%", 0)]
    [InlineData("100%", 1)]
    [InlineData("0.1%", 0.001)]
    public void Share_Percentage_IsAShareOfOne(string text, double share) => Assert.Equal(share, UnitText.Share(text).Value.Value, 12);

    [Theory]
    [InlineData("512B", 512)]
    [InlineData("4KiB", 4_096)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("1024GiB", 1_099_511_627_776)]
    public void Size_EveryUnit_IsInBytes(string text, long bytes) => Assert.Equal(bytes, UnitText.Size(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1e3s")]
    [InlineData("+1s")]
    [InlineData("1s ")]
    [InlineData("1s\n")]
    [InlineData("1,5s")]
    [InlineData("٣s")]
    [InlineData("1S")]
    [InlineData("1m30s")]
    [InlineData("99999999999999999999s")]
    public void Duration_AnythingElse_IsAFlawWithARemedy(string text)
    {
        var flaw = UnitText.Duration(text).Flaw;

        Assert.NotNull(flaw);
        Assert.NotEmpty(flaw.Right);
        Assert.DoesNotMatch(UnitText.DurationPattern.Replace("$", "\\z", StringComparison.Ordinal), text);
    }

    /// <summary>What the schema's patterns accept, the reader understands, up to the stated bounds.</summary>
    [Fact]
    public void Patterns_WhatTheyAccept_IsUnderstood()
    {
        var numbers = Gen.Choose(1, 99).Select(whole => whole.ToString(CultureInfo.InvariantCulture))
            .SelectMany(whole => Gen.Elements("", ".5", ".125").Select(part => whole + part));
        Prop.ForAll(numbers.ToArbitrary(), number =>
            Enumerable.All(["us", "ms", "s", "m", "h"], unit => Agrees(UnitText.DurationPattern, number + unit, UnitText.Duration))
            && Enumerable.All(["/s", "/min", "/h"], unit => Agrees(UnitText.RatePattern, number + unit, UnitText.Rate))
            && Agrees(UnitText.SharePattern, number + "%", UnitText.Share))
            .QuickCheckThrowOnFailure();
    }

    private static bool Agrees<T>(string pattern, string text, Func<string, Parsed<T>> parse) =>
        Regex.IsMatch(text, pattern) && parse(text).Flaw is null;
}
