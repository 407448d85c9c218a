using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Journal;

/// <summary>Events with fields of every kind: absent, ordinary, extreme, and text that no encoder likes.</summary>
internal static class RandomEvents
{
    private static readonly string[] Pieces =
        ["stop", "p-17", "", "a b", "\"", "\\", "</script>", "'", "+", "\n\t\0", "\u007f", "Grüße", "你好", "🎉", "\ud800", "\udc00x", "\u2028"];

    public static JournalEvent.Observation Observation(Random random) => new()
    {
        At = Long(random), Arrival = Int(random), Target = Text(random), Phase = Any<Phase>(random), Block = Int(random),
        Cohort = Some.Cohort(tags: (Text(random), Text(random))), PromptId = Text(random), Planned = Long(random),
        Sent = Maybe(random, Long), FirstToken = Maybe(random, Long), LastToken = Maybe(random, Long), Ended = Long(random),
        Outcome = Any<Outcome>(random), Reason = Half(random) ? Text(random) : null, Status = Maybe(random, Int),
        FinishReason = Half(random) ? Text(random) : null, InputTokens = Maybe(random, Int), OutputTokens = Maybe(random, Int),
        TokenSource = Maybe(random, Any<TokenSource>), FirstEventTokens = Maybe(random, Int),
        Gaps = [.. Enumerable.Range(0, Count(random)).Select(_ => new TokenGap(Long(random), Int(random)))],
        RetryAfter = Maybe(random, Double), Replica = Maybe(random, Int), Degraded = Half(random),
        Faults = [.. Enumerable.Range(0, Half(random) ? 0 : random.Next(4)).Select(_ => Text(random))],
        PromptSha256 = Text(random), OutputSha256 = Maybe(random, Digest), OutputChars = Maybe(random, Int),
    };

    public static JournalEvent.Score Score(Random random) => new()
    {
        At = Long(random), Arrival = Int(random), Grader = Text(random), Value = Maybe(random, Double),
        Detail = Half(random) ? Text(random) : null,
    };

    private static bool Half(Random random) => random.Next(2) == 0;

    private static T? Maybe<T>(Random random, Func<Random, T> make)
        where T : struct => Half(random) ? make(random) : null;

    private static T Any<T>(Random random)
        where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    /// <summary>Of any length in digits, and the ends of the range.</summary>
    private static long Long(Random random) => random.Next(12) switch
    {
        0 => 0,
        1 => long.MaxValue,
        2 => long.MinValue,
        _ => random.NextInt64() >> random.Next(63),
    };

    private static int Int(Random random) => random.Next(12) switch
    {
        0 => int.MinValue,
        1 => int.MaxValue,
        _ => random.Next() >> random.Next(31),
    };

    private static double Double(Random random) => random.Next(12) switch
    {
        0 => double.NaN,
        1 => double.PositiveInfinity,
        2 => -1.5,
        3 => double.MaxValue,
        4 => double.Epsilon,
        5 => 1e16,
        6 => random.Next(100),
        _ => random.NextDouble() * Math.Pow(10, random.Next(-8, 18)),
    };

    /// <summary>Mostly few; sometimes more than the buffer begins with.</summary>
    private static int Count(Random random) => random.Next(50) == 0 ? 500 : random.Next(5);

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static Sha256Digest Digest(Random random)
    {
        var bytes = new byte[8];
        random.NextBytes(bytes);
        return Sha256Digest.Of(bytes);
    }
}
