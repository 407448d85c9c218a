namespace ChaosBench.Reports.Journal;

/// <summary>What was made of a stretch of UTF-8 text, found again without making a string of it. Keeps the first few thousand.</summary>
internal sealed class Utf8Cache<T>
    where T : class
{
    private const int MostEntries = 10_000;
    private readonly Dictionary<byte[], T> _entries = new(new SameBytes());

    public T? Find(ReadOnlySpan<byte> text) =>
        _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(text, out var found) ? found : null;

    /// <returns>The value.</returns>
    public T Keep(ReadOnlySpan<byte> text, T value)
    {
        if (_entries.Count < MostEntries)
        {
            _entries[text.ToArray()] = value;
        }

        return value;
    }

    private sealed class SameBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public bool Equals(ReadOnlySpan<byte> left, byte[] right) => left.SequenceEqual(right);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> bytes) => bytes.ToArray();
    }
}
