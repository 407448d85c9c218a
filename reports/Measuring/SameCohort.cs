using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <summary>Two cohorts are the same when every tag is, whatever object they are.</summary>
internal sealed class SameCohort : IEqualityComparer<Cohort>
{
    public bool Equals(Cohort? left, Cohort? right)
    {
        if (ReferenceEquals(left, right) || left is null || right is null)
        {
            return ReferenceEquals(left, right);
        }

        return left.Prompts == right.Prompts && left.Temperature.Equals(right.Temperature) && left.MaxTokens == right.MaxTokens
            && left.Stream == right.Stream && left.Batch == right.Batch && left.Role == right.Role && left.Grader == right.Grader
            && left.Tags.Count == right.Tags.Count
            && left.Tags.All(tag => right.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);
    }

    public int GetHashCode(Cohort cohort)
    {
        var tags = 0;
        foreach (var (name, value) in cohort.Tags)
        {
            tags ^= HashCode.Combine(name, value);
        }

        return HashCode.Combine(cohort.Prompts, cohort.Temperature, cohort.MaxTokens, cohort.Stream, cohort.Batch, cohort.Role, cohort.Grader, tags);
    }
}
