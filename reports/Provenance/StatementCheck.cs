namespace ChaosBench.Reports.Provenance;

/// <summary>What is there now, beside what was signed.</summary>
/// <param name="Refused">Why the statement does not hold, one sentence each. Empty: it holds.</param>
/// <param name="Notes">What it does not speak of, or what could not be looked at.</param>
/// <param name="Checked">Files that are as they were signed.</param>
public sealed record StatementCheck(IReadOnlyList<string> Refused, IReadOnlyList<string> Notes, int Checked)
{
    /// <param name="statement">Whose signature holds.</param>
    /// <param name="present">Files that are there, by the name that a statement gives them.</param>
    /// <param name="mayBeAbsent">Says of a name why it may be absent, continuing "NAME: "; null: it must be there.</param>
    public static StatementCheck Of(
        RunStatement statement, IReadOnlyDictionary<string, string> present, Func<string, string?> mayBeAbsent)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(present);
        ArgumentNullException.ThrowIfNull(mayBeAbsent);
        var (refused, notes, held) = (new List<string>(), new List<string>(), 0);
        if (statement.Subjects.Count == 0)
        {
            refused.Add("the statement names no file");
        }

        foreach (var subject in statement.Subjects)
        {
            if (!present.TryGetValue(subject.Name, out var sha256))
            {
                var (list, text) = mayBeAbsent(subject.Name) is { } reason ? (notes, reason)
                    : (refused, "was signed and is missing");
                list.Add($"{subject.Name}: {text}");
            }
            else if (!string.Equals(sha256, subject.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                refused.Add($"{subject.Name}: changed after it was signed (now {sha256[..12]}..., signed {(subject.Sha256.Length > 12 ? subject.Sha256[..12] : subject.Sha256)}...)");
            }
            else
            {
                held++;
            }
        }

        var signed = statement.Subjects.Select(subject => subject.Name).ToHashSet(StringComparer.Ordinal);
        notes.AddRange(present.Keys.Where(name => !signed.Contains(name)).Order(StringComparer.Ordinal)
            .Select(name => $"{name}: the statement does not speak of it"));
        return new StatementCheck(refused, notes, held);
    }
}
