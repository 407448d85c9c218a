using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Baselines;

/// <summary>
/// <c>baseline.json</c> of a run that was held against a named baseline: the comparison as it was made on the day, so that the verdict
/// stays what it was when the baseline has long been another. Absent: the run was held against none.
/// </summary>
public sealed record RunBaseline
{
    public const string FileName = "baseline.json";
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string Name { get; init; }

    /// <summary>Null: the name stands for no run of this scenario.</summary>
    public Promotion? Promotion { get; init; }

    /// <summary>Why nothing could be compared. Null: it was.</summary>
    public BaselineProblem? Problem { get; init; }

    /// <summary>Null exactly where there is a problem.</summary>
    public RunComparison? Comparison { get; init; }

    /// <summary>Compares a run with its baseline, and writes down what came out; a baseline that cannot be read is an outcome, too.</summary>
    /// <param name="folder">The run that is judged, its journal closed.</param>
    /// <param name="baseline">Folder of the baseline's run.</param>
    /// <param name="margin">As of <see cref="Comparer.Compare"/>, as is <paramref name="points"/>.</param>
    /// <exception cref="JournalException">The run that is judged does not read, or nothing can be written.</exception>
    public static void Freeze(string folder, Promotion promotion, string baseline, double margin, double points)
    {
        ArgumentNullException.ThrowIfNull(promotion);
        var after = RunFolder.Load(folder);
        RunBaseline result;
        try
        {
            var before = Load(promotion, baseline);
            result = new RunBaseline
            {
                Name = promotion.Name,
                Promotion = promotion,
                Comparison = Comparer.Compare((promotion.Run, before), (Path.GetFileName(folder), after), margin, points),
            };
        }
        catch (BaselineException problem)
        {
            result = new RunBaseline { Name = promotion.Name, Promotion = promotion, Problem = new BaselineProblem(problem.ReasonCode, problem.Message) };
        }

        Write(folder, result);
    }

    /// <summary>There is a baseline of that name, but none for this scenario.</summary>
    public static void FreezeMissing(string folder, string name, string scenario) => Write(folder, new RunBaseline
    {
        Name = name,
        Problem = new BaselineProblem(
            ReasonCodes.BaselineMissing,
            $"There is no baseline '{name}' for scenario '{scenario}'; run it without --baseline and promote a run that passes: chaosbench promote RUN --as {name}."),
    });

    /// <summary>The run of a promotion, if it is still the one that was promoted.</summary>
    /// <exception cref="BaselineException">It is gone, changed, or not readable here.</exception>
    public static RunReport Load(Promotion promotion, string folder)
    {
        ArgumentNullException.ThrowIfNull(promotion);
        try
        {
            return RunPrint.Of(folder) == promotion.Print
                ? RunFolder.Load(folder)
                : throw new BaselineException(
                    ReasonCodes.BaselineUnreadable,
                    $"Baseline '{promotion.Name}' of scenario '{promotion.Scenario}': {promotion.Run} is not what was promoted: its manifest or journal "
                        + "was changed; promote another run.");
        }
        catch (JournalException broken)
        {
            throw new BaselineException(
                ReasonCodes.BaselineUnreadable,
                $"Baseline '{promotion.Name}' of scenario '{promotion.Scenario}' cannot be used: {broken.Message}. Bring the run back or promote another.", broken);
        }
    }

    /// <summary>Null: the run was held against no named baseline.</summary>
    /// <exception cref="JournalException">The file is broken or too new.</exception>
    public static RunBaseline? Read(string folder) => Path.Combine(folder, FileName) is var path && File.Exists(path)
        ? RunFiles.Read<RunBaseline>(path, CurrentSchema) : null;

    private static void Write(string folder, RunBaseline result) => RunFiles.Write(Path.Combine(folder, FileName), RunFiles.ToJson(result));
}

/// <param name="ReasonCode">One of <see cref="ReasonCodes"/>.</param>
public sealed record BaselineProblem(string ReasonCode, string Advice);
