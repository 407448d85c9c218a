namespace ChaosBench.Scenarios.Model;

/// <summary>
/// Which licences parts may have. Entries are SPDX identifiers, <c>ID WITH EXCEPTION</c>, or begin like <c>GPL-*</c>.
/// </summary>
/// <param name="Unknown">What becomes of a part whose licence is neither allowed nor denied, or not stated at all.</param>
/// <param name="Stated">SPDX expressions of parts that do not say it themselves, by the part's name; they win over what the part
/// says.</param>
public sealed record LicencePolicy(
    IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied, UnknownLicence Unknown, IReadOnlyDictionary<string,
        string> Stated);

public enum UnknownLicence
{
    Fail,
    Warn,
    Allow,
}
