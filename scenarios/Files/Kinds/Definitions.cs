using System.Diagnostics.CodeAnalysis;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>
/// What a file defines under names and refers to elsewhere. Each is read once, when first needed, so that definitions may
/// refer to each other in any order.
/// </summary>
internal sealed class Definitions<T>(string noun, Kind<T> kind, Func<T, string, T> named)
    where T : class
{
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T?> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _nodes.Keys;

    public void Declare(MapNode map)
    {
        foreach (var (key, value) in map.Entries)
        {
            _nodes.TryAdd(key.Text, value);
        }
    }

    /// <summary>Reads also what nothing refers to: its problems are problems.</summary>
    public void ReadAll(Reading reading)
    {
        foreach (var name in _nodes.Keys)
        {
            Read(name, reading);
        }
    }

    public bool TryResolve(Scalar reference, Reading reading, [NotNullWhen(true)] out T? value)
    {
        value = null;
        if (!_nodes.TryGetValue(reference.Text, out var node))
        {
            reading.Report(reference.Place, $"there is no {noun} {Shown.Quoted(reference.Text)}",
                Nearest.Remedy(reference.Text, Names));
            return false;
        }

        if (_open.Contains(reference.Text))
        {
            reading.Report(reference.Place, $"the {noun} {Shown.Quoted(reference.Text)} is made from itself",
                $"name another {noun}");
            return false;
        }

        value = Read(reference.Text, reading);
        return value is not null;
    }

    /// <summary>The definition when there is exactly one and it is sound.</summary>
    public T? Only(Reading reading) => _nodes.Count == 1 ? Read(_nodes.Keys.First(), reading) : null;

    private T? Read(string name, Reading reading)
    {
        if (_read.TryGetValue(name, out var known))
        {
            return known;
        }

        _open.Add(name);
        var value = kind.TryRead(_nodes[name], reading, out var read) ? named(read, name) : null;
        _open.Remove(name);
        _read[name] = value;
        return value;
    }
}
