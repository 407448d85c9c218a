using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// Which licences parts may have: <c>allowed: [MIT], denied: ["GPL-*"], unknown: fail, stated: [{ part: my-model, licence: MIT
/// }]</c> in YAML or JSON, in
/// a file that the operator names.
/// </summary>
public static partial class LicencePolicyFile
{
    private static readonly Kind<string> Licence = new CheckedKind<string,
        string>(Scalars.Text, static (text, _, _) => Entry().IsMatch(text)
        ? text
        : new Flaw($"{Shown.Quoted(text)} is no licence", "write an SPDX identifier such as Apache-2.0, \"ID WITH EXCEPTION\", or a beginning such as \"GPL-*\""));

    private static readonly Key<IReadOnlyList<string>> Allowed = new("allowed",
        new ListOf<string>(Licence, "licences", 1, 1_000), "Licences that parts may have.")
        { Required = true, Example = "[MIT, Apache-2.0]" };

    private static readonly Key<IReadOnlyList<string>> Denied = new("denied", new ListOf<string>(Licence, "licences"),
        "Licences that no part may have.");

    private static readonly Key<UnknownLicence> Unknown = new(
        "unknown", Scalars.Choice("what to do", ("fail", UnknownLicence.Fail), ("warn", UnknownLicence.Warn),
            ("allow", UnknownLicence.Allow)),
        "What becomes of a part whose licence is in neither list, or not stated.") { Default = "fail" };

    private static readonly Key<string> Part = new("part", Scalars.Text, "Name of the part.") { Required = true,
        Example = "my-model" };
    private static readonly Key<string> Expression = new("licence", Scalars.Text,
        "Its licence, as an SPDX expression.") { Required = true, Example = "Apache-2.0" };

    private static readonly Table<(string Part, string Licence)> One = new(
        "statedLicence", "a stated licence", "The licence of a part that does not say it itself.", [Part, Expression],
        keys => (keys.Get(Part)!, keys.Get(Expression)!));

    private static readonly Key<IReadOnlyList<(string Part, string Licence)>> Stated = new(
        "stated", new ListOf<(string Part, string Licence)>(One, "stated licences"), "Licences of parts that do not say them.");

    private static readonly Table<LicencePolicy> File = new(
        "licencePolicy", "the file", "Which licences parts may have.", [Allowed, Denied, Unknown, Stated],
        keys => new LicencePolicy(
            keys.Get(Allowed)!, keys.Get(Denied) ?? [], keys.Get(Unknown),
            (keys.Get(Stated) ?? []).GroupBy(one => one.Part).ToDictionary(part => part.Key, part => part.Last().Licence)));

    /// <param name="name">As the user named it, for messages.</param>
    /// <param name="bytes">May be hostile.</param>
    /// <returns>The policy, or every problem.</returns>
    public static (LicencePolicy? Policy, IReadOnlyList<Problem> Problems) Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var reading = new Reading(name, new ReadOptions());
        var root = SourceText.Read(bytes.Span, reading) is { } text ? NodeTree.Parse(text, reading) : null;
        var policy = root is not null && File.TryRead(root, reading, out var whole) ? whole : null;
        return reading.Found > 0 ? (null, reading.Problems()) : (policy, []);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.:+-]{0,127}(\*| WITH [A-Za-z0-9][A-Za-z0-9.-]{0,127})?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
