using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>judge:</c> of a scenario.</summary>
internal static class JudgeKeys
{
    private static readonly Key<Target> Target = new(
        "target", new ReferenceTo<Target>(static reading => reading.Targets, "target"), "Name of the target that judges: any OpenAI-compatible endpoint.")
        { Required = true, Example = "grader" };

    private static readonly Key<string> Criteria = new("criteria", Scalars.Text, "What a right answer is, in words for the judge.")
        { Required = true, Example = "\"The answer names the order and is polite.\"" };

    private static readonly Key<string> Calibration = new(
        "calibration", Scalars.Path, "File with a line {\"question\", \"answer\", \"right\": true or false} for each known case, at least 10 right and 10 wrong: the judge's own errors are measured on them and taken out.")
        { Required = true, Example = "judged.jsonl" };

    private static readonly Key<int> Repeats = new("repeats", Scalars.Count(1, 15), "How often each answer is judged; the majority counts.") { Default = "3" };
    private static readonly Key<int> Answers = new("answers", Scalars.Count(10, 5_000), "At most so many answers are judged, drawn by the seed.") { Default = "100" };

    private static readonly Table<AnswerJudge> Table = new(
        "judge", "a judge", "Another model that says of answers whether they are right, after the load.",
        [Target, Criteria, Calibration, Repeats, Answers],
        keys => new AnswerJudge(keys.Get(Target), keys.Get(Criteria), keys.Get(Calibration), keys.Get(Repeats), keys.Get(Answers)));

    public static readonly Key<AnswerJudge> Judge = new("judge", Table, "Another model that says of answers whether they are right, after the load.")
        { Example = "{ target: grader, criteria: \"The answer is polite.\", calibration: judged.jsonl }" };
}
