namespace ChaosBench.Scenarios.Model;

/// <summary>A model that says of answers whether they are right.</summary>
/// <param name="Criteria">What a right answer is, for the judge to read.</param>
/// <param name="Calibration">File of answers whose rightness is known: the judge's own errors are measured on it, in every run.</param>
/// <param name="Repeats">How often each answer is judged; the majority counts.</param>
/// <param name="Answers">At most so many answers are judged, drawn by the seed.</param>
public sealed record AnswerJudge(Target Target, string Criteria, string Calibration, int Repeats, int Answers);
