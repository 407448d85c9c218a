using System.Collections;
using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// The arrivals of a plan in sixteen bytes each, made into objects when they are asked for, so that a plan of many millions fits beside
/// its run:
/// <code>
/// row: after the chunk's start (ns) | place of its prompt | number of its draw | kind, place in its batch
/// </code>
/// A chunk that spans more than four seconds takes four bytes more a row. Grows until it is read; then safe for several threads.
/// </summary>
internal sealed class ArrivalRows : IReadOnlyList<Arrival>
{
    private const int ChunkRows = 1 << ChunkBits;
    private const int ChunkBits = 12;
    private const int PlaceBits = 8;
    private const int MostKinds = 1 << (32 - PlaceBits);

    private readonly ulong _seed;
    private readonly Arms _arms;
    private readonly List<Chunk> _chunks = [];
    private readonly List<PlannedPrompt> _prompts = [];
    private readonly List<ArrivalKind> _kinds = [];

    /// <summary>Plans are read by several threads.</summary>
    private readonly Dictionary<(MixEntry Entry, IReadOnlyList<Assertion> Row), IReadOnlyList<Assertion>> _assertions = [];
    private readonly Dictionary<ArrivalKind, int> _kindPlaces = [];
    private readonly Dictionary<int, Arrival> _changed = [];

    /// <param name="arms">Which version gets which arrival.</param>
    public ArrivalRows(ulong seed, Arms arms) => (_seed, _arms) = (seed, arms);

    public int Count { get; private set; }

    internal static int RowBytes => System.Runtime.CompilerServices.Unsafe.SizeOf<Row>();

    /// <summary>See <see cref="Arrival.Key"/>.</summary>
    public static string KeyOf(string line, int number) => string.Create(CultureInfo.InvariantCulture, $"{line}-{number:D6}");

    /// <summary>The seed of its sampling, 31 bits.</summary>
    public static long SeedOf(ulong seed, string key) => (long)(KeyedHash.Hash64(seed, "sampling", key) >> 33);

    public Arrival this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _changed.TryGetValue(index, out var changed) ? changed : Made(index);
        }
    }

    /// <returns>The place of the prompt, for the arrivals that ask it.</returns>
    public int Keep(PlannedPrompt prompt)
    {
        _prompts.Add(prompt);
        return _prompts.Count - 1;
    }

    /// <param name="at">Not before the one before.</param>
    /// <param name="number">Of the draw among those of its line.</param>
    /// <param name="place">In its client-side batch, from 0.</param>
    public void Add(long at, int prompt, int number, ArrivalKind kind, int place)
    {
        if (Count % ChunkRows == 0)
        {
            _chunks.Add(new Chunk(at));
        }

        _chunks[^1].Set(Count % ChunkRows, at, new Row
        {
            Prompt = prompt, Number = number, Kind = ((uint)PlaceOf(kind) << PlaceBits) | (uint)place,
        });
        Count++;
    }

    /// <summary>This one is not what its row says.</summary>
    public void Change(Arrival arrival) => _changed[arrival.Index] = arrival;

    public IEnumerator<Arrival> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Arrival Made(int index)
    {
        var chunk = _chunks[index >> ChunkBits];
        var (at, row) = (chunk.At(index & (ChunkRows - 1)), chunk.Rows[index & (ChunkRows - 1)]);
        var kind = _kinds[(int)(row.Kind >> PlaceBits)];
        var prompt = _prompts[row.Prompt];
        var (role, block) = _arms.Of(at, index, prompt.Id, kind.Cohort.Tags);
        var key = KeyOf(kind.Line, row.Number);
        return new Arrival
        {
            Index = index,
            At = at,
            Role = role,
            Block = block,
            Group = index - (int)(row.Kind & byte.MaxValue),
            Key = key,
            Prompt = prompt,
            Sampling = new Sampling(
                kind.Cohort.Temperature, kind.MaxTokens, kind.Cohort.Stream, SeedOf(_seed, key)),
            Cohort = kind.Cohort,
            Assertions = AssertionsOf(kind.Entry, _prompts[row.Prompt]),
        };
    }

    /// <summary>Of the line and of the row; one list for all requests that have the same two.</summary>
    private IReadOnlyList<Assertion> AssertionsOf(MixEntry entry, PlannedPrompt prompt)
    {
        if (prompt.Assertions.Count == 0)
        {
            return entry.Assertions;
        }

        lock (_assertions)
        {
            return _assertions.TryGetValue((entry, prompt.Assertions), out var both) ? both : _assertions[(entry, prompt.Assertions)] = [.. entry.Assertions, .. prompt.Assertions];
        }
    }

    private int PlaceOf(ArrivalKind kind)
    {
        if (!_kindPlaces.TryGetValue(kind, out var place))
        {
            place = _kinds.Count;
            if (place == MostKinds)
            {
                throw new PromptException($"the plan's requests have more than {MostKinds:N0} combinations of settings and tags; give prompts fewer tags");
            }

            _kinds.Add(kind);
            _kindPlaces[kind] = place;
        }

        return place;
    }

    private struct Row
    {
        public uint After;
        public int Prompt;
        public int Number;
        public uint Kind;
    }

    private sealed class Chunk(long start)
    {
        // Upper halves of the times, where one of them needs it.
        private uint[]? _high;

        public Row[] Rows { get; } = new Row[ChunkRows];

        public long At(int place) => start + Rows[place].After + (_high is null ? 0 : (long)_high[place] << 32);

        public void Set(int place, long at, Row row)
        {
            var after = checked((ulong)(at - start));
            row.After = unchecked((uint)after);
            Rows[place] = row;
            if (after > uint.MaxValue)
            {
                (_high ??= new uint[ChunkRows])[place] = (uint)(after >> 32);
            }
        }
    }
}

/// <summary>What many arrivals have in common.</summary>
/// <param name="line">Of the mix, by the name that keys begin with.</param>
/// <param name="maxTokens">Of the request; the cohort may have a rounded number.</param>
/// <param name="cohort">One object for all of the kind.</param>
internal sealed class ArrivalKind(string line, MixEntry entry, int maxTokens, Cohort cohort) : IEquatable<ArrivalKind>
{
    public string Line { get; } = line;
    public MixEntry Entry { get; } = entry;
    public int MaxTokens { get; } = maxTokens;
    public Cohort Cohort { get; } = cohort;

    /// <summary>Tags by identity: prompts of one kind share theirs, and comparing their text for each arrival would take long.</summary>
    public bool Equals(ArrivalKind? other) => other is not null && ReferenceEquals(Entry, other.Entry) && Line == other.Line
        && MaxTokens == other.MaxTokens && Cohort.MaxTokens == other.Cohort.MaxTokens && Cohort.Temperature == other.Cohort.Temperature
        && Cohort.Stream == other.Cohort.Stream && Cohort.Batch == other.Cohort.Batch && Cohort.Grader == other.Cohort.Grader
        && ReferenceEquals(Cohort.Tags, other.Cohort.Tags);

    public override bool Equals(object? obj) => Equals(obj as ArrivalKind);

    public override int GetHashCode() => HashCode.Combine(
        Line, MaxTokens, Cohort.Temperature, Cohort.Stream, Cohort.Batch, Cohort.Grader,
        System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Cohort.Tags));
}
