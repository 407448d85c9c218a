using System.Diagnostics;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>The exit codes of the command line; docs/exit-codes.md.</summary>
public static class ExitCodes
{
    public const int Pass = 0;

    /// <summary>Only when the summary says <c>fail</c>, or the operator asked that inconclusive runs fail.</summary>
    public const int Fail = 1;
    public const int Inconclusive = 2;

    /// <summary>The run broke, was aborted, or could not be healed.</summary>
    public const int Error = 3;

    /// <summary>Bad usage or scenario file.</summary>
    public const int Usage = 4;
    public const int Cancelled = 130;

    public static int Of(RunVerdict verdict, InconclusivePolicy policy = InconclusivePolicy.Keep) => verdict switch
    {
        RunVerdict.Pass => Pass,
        RunVerdict.Fail => Fail,
        RunVerdict.Inconclusive => policy switch
        {
            InconclusivePolicy.Keep => Inconclusive,
            InconclusivePolicy.Fail => Fail,
            InconclusivePolicy.Warn or InconclusivePolicy.Pass => Pass,
            _ => throw new UnreachableException($"no exit code for {policy}"),
        },
        RunVerdict.Error or RunVerdict.Aborted => Error,
        RunVerdict.Cancelled => Cancelled,
        _ => throw new UnreachableException($"no exit code for {verdict}"),
    };

    /// <summary>What the operator's choice made of the code of its own, in words. Null: nothing.</summary>
    public static string? Changed(RunVerdict verdict, InconclusivePolicy policy) => Of(verdict, policy) == Of(verdict) ? null
        : FormattableString.Invariant($"--inconclusive {Kebab.Of(policy)} was given: the exit code is {Of(verdict, policy)} instead of {Of(verdict)}.");

    /// <summary>One code for several scenarios: cancelled, then 4 &gt; 3 &gt; 1 &gt; 2 &gt; 0. Of none: 0.</summary>
    public static int Merge(IEnumerable<int> codes) => codes.DefaultIfEmpty(Pass).MaxBy(Rank);

    private static int Rank(int code) => code switch
    {
        Pass => 0,
        Inconclusive => 1,
        Fail => 2,
        Error => 3,
        Usage => 4,
        Cancelled => 5,

        // A code that nobody planned is trouble of our own.
        _ => 3,
    };
}
