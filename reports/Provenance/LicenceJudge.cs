using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Provenance;

/// <summary>How the licence of one part stands to a policy.</summary>
public enum LicenceStanding
{
    Denied,
    Unknown,
    Allowed,
}

/// <param name="Licence">As stated. Null: nothing is.</param>
/// <param name="Why">One clause, continuing "NAME: ".</param>
public sealed record LicenceFinding(string Part, string? Licence, LicenceStanding Standing, string Why);

/// <summary>
/// Parts against a policy. Of an OR the best alternative counts, of an AND the worst part. Denied wins where both lists name a
/// licence. An
/// exception (WITH) only adds permissions: it is allowed where its licence is, and where the policy names the two together.
/// </summary>
public static class LicenceJudge
{
    public static IReadOnlyList<LicenceFinding> Judge(PartsList list, LicencePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(policy);
        return [.. list.Parts.Prepend(list.Whole).Where(part => part.Kind != ComponentKind.File)
            .Select(part => Judge(part, policy))];
    }

    private static LicenceFinding Judge(Component part, LicencePolicy policy)
    {
        var licence = policy.Stated.GetValueOrDefault(part.Name) ?? part.Licence;
        if (licence is null)
        {
            return new LicenceFinding(part.Name, null, LicenceStanding.Unknown, "states no licence");
        }

        var (expression, problem) = SpdxExpression.Parse(licence);
        if (expression is null)
        {
            return new LicenceFinding(part.Name, licence, LicenceStanding.Unknown,
                $"'{licence}' is no SPDX expression: {problem}");
        }

        var standing = Of(expression, policy);
        return new LicenceFinding(part.Name, licence, standing, standing switch
        {
            LicenceStanding.Allowed => $"{licence} is allowed",
            LicenceStanding.Denied => $"{licence} is denied",
            LicenceStanding.Unknown => $"{licence} is in neither list",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    internal static LicenceStanding Of(SpdxExpression expression, LicencePolicy policy) => expression switch
    {
        SpdxExpression.Both both => both.Parts.Min(part => Of(part, policy)),
        SpdxExpression.Either either => either.Parts.Max(part => Of(part, policy)),
        SpdxExpression.Licence licence => Of(licence, policy),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static LicenceStanding Of(SpdxExpression.Licence licence, LicencePolicy policy)
    {
        var together = licence.Exception is null ? null : $"{licence.Id} WITH {licence.Exception}";
        if (together is not null && policy.Denied.Any(entry => Same(entry, together)))
        {
            return LicenceStanding.Denied;
        }

        if (together is not null && policy.Allowed.Any(entry => Same(entry, together)))
        {
            return LicenceStanding.Allowed;
        }

        // "X+" may be taken as X, or as any later one: what is said of either form is said of it.
        bool Named(IReadOnlyList<string> list) => list.Any(entry => Covers(entry, licence.Id)
            || (licence.OrLater && (Covers(entry, licence.Id + "+") || Covers(entry, licence.Id + "-or-later"))));
        return Named(policy.Denied) ? LicenceStanding.Denied : Named(policy.Allowed) ? LicenceStanding.Allowed
            : LicenceStanding.Unknown;
    }

    private static bool Covers(string entry, string id) =>
        entry.EndsWith('*') ? id.StartsWith(entry[..^1], StringComparison.OrdinalIgnoreCase) : Same(entry, id);

    /// <summary>SPDX compares identifiers without regard to case.</summary>
    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
