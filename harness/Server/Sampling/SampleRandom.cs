namespace ChaosBench.Server.Sampling;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): one stream of draws per request, so that nobody's answer depends on who else is served.</summary>
internal struct SampleRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>For a request without a seed: FNV-1a over its name.</summary>
    public static ulong SeedOf(string requestId)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var c in requestId)
        {
            hash = unchecked((hash ^ c) * 0x100000001B3UL);
        }

        return hash;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
