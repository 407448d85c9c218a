using System.Globalization;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// <c>--set path=value</c>, applied to the nodes before they are typed, so that an overridden value is checked like a written
/// one. A known key that the file leaves out may be set; a target, prompt set or list item must be there.
/// </summary>
internal static class Overrides
{
    private const int LongestPath = 500;

    /// <summary>Groups whose keys are names that the author chose: there, a new key is a misspelling.</summary>
    private static readonly string[] NameGroups = ["targets", "prompts"];

    public static Node Apply(Node root, Reading reading)
    {
        foreach (var setting in reading.Options.Overrides)
        {
            var place = new Place(0, 0, setting.Path);
            if (setting.Path.Length > LongestPath || setting.Value.Length == 0)
            {
                reading.Report(place, setting.Value.Length == 0 ? "no value after =" : "a path that is too long",
                    "write --set path=value");
            }
            else if (NodeTree.Parse(setting.Value, reading, setting.Path) is { } value)
            {
                root = RolePaths.Of(setting.Path, root, reading.Options.SelectedScenarios)
                    .Aggregate(root, (tree, path) =>
                        new Setter(setting.Path, value, reading).Replace(tree, path, isNameGroup: false));
            }
        }

        return root;
    }

    private sealed class Setter(string setting, Node value, Reading reading)
    {
        private readonly Place _place = new(0, 0, setting);

        /// <summary>The tree with the value at <paramref name="path"/>; the tree itself after reporting a problem.</summary>
        public Node Replace(Node node, string path, bool isNameGroup)
        {
            if (path.Length == 0)
            {
                return value;
            }

            return node switch
            {
                ListNode list => InList(list, path),
                MapNode map => InMap(map, path, isNameGroup),
                Scalar { IsNull: true } => InMap(new MapNode(_place, []), path, isNameGroup),
                _ => Refuse(node, $"{node.Noun} has nothing in it called {Shown.Quoted(Paths.First(path))}",
                    "end the path before it"),
            };
        }

        private Node InMap(MapNode map, string path, bool isNameGroup)
        {
            var keys = map.Entries.Select(entry => entry.Key.Text).ToList();
            var first = Paths.First(path);
            var key = Paths.Match(path, keys) ?? first;
            var rest = Paths.After(path, key.Length);
            var isNew = !keys.Contains(key);
            if (key.Length == 0 || isNew && (isNameGroup || path[0] == '[' || rest.StartsWith('[')))
            {
                return Refuse(map, $"there is no {Shown.Quoted(first)} here", Nearest.Remedy(first, keys));
            }

            var old = map.Find(key);
            var child = Replace(old ?? new Scalar(_place, "", Quoted: false), rest, NameGroups.Contains(key));
            return old is null
                ? new MapNode(map.Place, [.. map.Entries, new MapEntry(new Scalar(_place, key, Quoted: false), child)])
                : new MapNode(map.Place, [.. map.Entries.Select(
                    entry => entry.Key.Text == key ? entry with { Value = child } : entry)]);
        }

        private Node InList(ListNode list, string path)
        {
            var (at, length) = path[0] == '[' ? Paths.Index(path) : Paths.Named(path, list);
            if (at < 0 || at >= list.Items.Count)
            {
                var names = list.Items.Select((item, number) => Paths.NameOf(item, number)).OfType<string>().ToList();
                return Refuse(
                    list, $"the list has no {Shown.Quoted(Paths.First(path))}",
                    names.Count > 0 ? $"write [0] to [{list.Items.Count - 1}], or a name: {string.Join(", ", names)}"
                        : $"write [0] to [{list.Items.Count - 1}]");
            }

            var child = Replace(list.Items[at], Paths.After(path, length), isNameGroup: false);
            return new ListNode(list.Place, [.. list.Items.Select((item, number) => number == at ? child : item)]);
        }

        private Node Refuse(Node unchanged, string wrong, string right)
        {
            reading.Report(_place, wrong, right);
            return unchanged;
        }
    }
}

/// <summary>Pieces of a path. Names may hold dots (<c>qwen2.5</c>), so what is there decides where a piece ends.</summary>
internal static class Paths
{
    private static readonly string[] NamingKeys = ["name", "id", "fault", "prompts"];

    public static string First(string path)
    {
        var end = path[0] == '[' ? path.IndexOf(']', StringComparison.Ordinal) + 1 : path.IndexOfAny(['.', '[']);
        return end <= 0 ? path : path[..end];
    }

    /// <summary>What follows the first <paramref name="length"/> characters, without the dot.</summary>
    public static string After(string path, int length) => path[length..].TrimStart('.');

    /// <summary>The longest of <paramref name="names"/> that the path starts with.</summary>
    public static string? Match(string path, IEnumerable<string> names) => names
        .Where(name => name.Length > 0 && path.StartsWith(name, StringComparison.Ordinal)
            && (path.Length == name.Length || path[name.Length] is '.' or '['))
        .MaxBy(name => name.Length);

    /// <summary><c>[3]</c>; -1 when it is none.</summary>
    public static (int At, int Length) Index(string path)
    {
        var first = First(path);
        var digits = first.AsSpan(1, Math.Max(0, first.Length - 2));
        return first.EndsWith(']') && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (at, first.Length)
            : (-1, 0);
    }

    public static (int At, int Length) Named(string path, ListNode list)
    {
        var names = list.Items.Select((item, number) => NameOf(item, number)).ToList();
        return Match(path, names.OfType<string>()) is { } name ? (names.IndexOf(name), name.Length) : (-1, 0);
    }

    /// <summary>How an item of a list is called: by name, id, fault or prompts; a scenario without name by its place.</summary>
    public static string? NameOf(Node item, int number) => item is not MapNode map ? null
        : NamingKeys.Select(map.Find).OfType<Scalar>().FirstOrDefault()?.Text
        ?? string.Create(CultureInfo.InvariantCulture, $"scenario-{number + 1}");
}

/// <summary><c>targets.candidate</c> means the target of that name; where there is none, the targets in that role.</summary>
internal static class RolePaths
{
    public static IReadOnlyList<string> Of(string path, Node root, IReadOnlyList<string> selected)
    {
        foreach (var role in new[] { "candidate", "baseline" })
        {
            var prefix = $"targets.{role}";
            if (Paths.Match(path, [prefix]) is not null && root is MapNode suite && suite.Find("targets") is MapNode targets
                && targets.Find(role) is null)
            {
                var names = InRole(role, suite, targets, selected);
                return names.Count > 0 ? [.. names.Select(name => $"targets.{name}{path[prefix.Length..]}")] : [path];
            }
        }

        return [path];
    }

    private static List<string> InRole(string role, MapNode suite, MapNode targets, IReadOnlyList<string> selected)
    {
        var scenarios = (suite.Find("scenarios") as ListNode)?.Items ?? [];
        var names = new List<string>();
        for (var number = 0; number < scenarios.Count; number++)
        {
            if (scenarios[number] is not MapNode scenario
                || (selected.Count > 0 && !selected.Contains(Paths.NameOf(scenario, number))))
            {
                continue;
            }

            var named = (scenario.Find("targets") as MapNode)?.Find(role)
                ?? (role == "candidate" ? scenario.Find("target") : null);
            if (named is Scalar scalar)
            {
                names.Add(scalar.Text);
            }
            else if (role == "candidate" && targets.Entries is [var only])
            {
                names.Add(only.Key.Text);
            }
        }

        return [.. names.Distinct().Where(name => targets.Find(name) is not null)];
    }
}
