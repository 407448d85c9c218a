using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>The state of reading one file: options, what is defined by name, and the problems so far.</summary>
internal sealed class Reading(string path, ReadOptions options)
{
    /// <summary>More would help nobody, and a hostile file could make millions.</summary>
    private const int MostProblems = 100;

    private readonly List<Problem> _problems = [];

    public string Path => path;
    public ReadOptions Options => options;

    public Definitions<Target> Targets { get; } =
        new("target", TargetKeys.Kind, static (target, name) => target with { Name = name });

    public Definitions<PromptSet> Prompts { get; } =
        new("prompt set", PromptKeys.Kind, static (set, name) => set with { Name = name });

    /// <summary>Problems found so far, also those beyond the limit: a measure of whether a part was sound.</summary>
    public int Found { get; private set; }

    public bool IsFull => Found >= MostProblems;

    public void Report(Place place, string wrong, string right) => Add(Problem(path, place, wrong, right));

    /// <summary>Places a flaw of a piece of text.</summary>
    public void Report(Scalar scalar, Flaw flaw) =>
        Report(flaw.Offset == 0 ? scalar.Place : scalar.Place.Shift(scalar.TextStart + flaw.Offset), flaw.Wrong, flaw.Right);

    public void Add(Problem problem)
    {
        if (++Found <= MostProblems)
        {
            _problems.Add(problem);
        }
    }

    public static Problem Problem(string path, Place place, string wrong, string right) => place.Override is { } setting
        ? new Problem($"--set {setting}", 0, 0, wrong, right)
        : new Problem(path, place.Line, place.Column, wrong, right);

    /// <summary>In the order of the file, the command line's first.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        var ordered = _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToList();
        if (Found > MostProblems)
        {
            ordered.Add(new Problem(path, 0, 0, "there are more problems", "mend the first ones and validate again"));
        }

        return ordered;
    }

    /// <summary>
    /// Paths in a file are relative to the file's folder, so that a suite can be moved and be run from anywhere; paths in
    /// <c>--set</c> are relative to the working directory, as on any command line.
    /// </summary>
    public string Resolve(string file, Place place) => place.Override is not null
        ? file
        : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? "", file);
}
