using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>
/// Reads the keys of one group. Opening it reports unknown and missing keys; each read reports what is wrong with its value and
/// goes on with a stand-in, so that all problems come at once. Use what was read only while <see cref="IsSound"/>.
/// </summary>
internal sealed class KeyReader
{
    private readonly MapNode _map;
    private readonly int _foundBefore;
    private bool _isBroken;

    private KeyReader(MapNode map, Reading reading)
    {
        _map = map;
        Reading = reading;
        _foundBefore = reading.Found;
    }

    public Reading Reading { get; }

    /// <summary>
    /// Nothing was wrong in this group so far, nor in what it refers to: a broken target was reported where it stands, but a
    /// scenario that uses it is no scenario.
    /// </summary>
    public bool IsSound => Reading.Found == _foundBefore && !_isBroken;

    public Place Place => _map.Place;

    public static KeyReader Open(MapNode map, string noun, IReadOnlyList<Key> keys, Reading reading)
    {
        var reader = new KeyReader(map, reading);
        var names = keys.Select(key => key.Name).ToList();
        foreach (var (key, _) in map.Entries.TakeWhile(_ => !reading.IsFull))
        {
            if (!names.Contains(key.Text))
            {
                reading.Report(key.Place, $"unknown key {Shown.Quoted(key.Text)} in {noun}", Nearest.Remedy(key.Text, names));
            }
        }

        foreach (var key in keys.Where(key => key.Required && map.Find(key.Name) is null))
        {
            reading.Report(map.Place, $"{noun} has no {key.Name}", $"add {key.Name}: {key.Example}");
        }

        return reader;
    }

    public bool Has(Key key) => _map.Find(key.Name) is not null;

    /// <summary>The value's place, or the group's when the key is left out.</summary>
    public Place PlaceOf(Key key) => _map.Find(key.Name)?.Place ?? _map.Place;

    public Node? NodeOf(Key key) => _map.Find(key.Name);

    /// <summary>The value, else the key's default, else a stand-in for a missing required key.</summary>
    public T Get<T>(Key<T> key)
    {
        if (_map.Find(key.Name) is { } node)
        {
            if (key.Kind.TryRead(node, Reading, out var value))
            {
                return value;
            }

            _isBroken = true;
            return default!;
        }

        return key.Default is null ? default! : DefaultOf(key);
    }

    public T? Find<T>(Key<T> key)
        where T : class => Has(key) ? Get(key) : null;

    public T? Maybe<T>(Key<T> key)
        where T : struct => Has(key) ? Get(key) : null;

    public void Report(Key key, string wrong, string right) => Reading.Report(PlaceOf(key), wrong, right);

    /// <summary>Defaults are read by the same code as values in the file, so the table cannot lie.</summary>
    private static T DefaultOf<T>(Key<T> key)
    {
        var scratch = new Reading("", new ReadOptions());
        return NodeTree.Parse(key.Default!, scratch) is { } node && key.Kind.TryRead(node, scratch, out var value)
            ? value
            : throw new InvalidOperationException(
                $"The default of '{key.Name}' cannot be read: {string.Join(" ", scratch.Problems())}");
    }
}
