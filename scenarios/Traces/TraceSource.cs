using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces;

/// <summary>One file of a pass: its sound records in the order of their time, on its own clock.</summary>
/// <param name="client">Several files are read together, and this is what tells its requests from those of the others. Else null.</param>
internal sealed class TraceSource(TraceFile file, ITraceFormat format, TraceOptions options, string? client) : IDisposable
{
    /// <summary>Sessions whose first instant is remembered.</summary>
    private const int MaxBegun = 1_000_000;

    private readonly Dictionary<string, long> _begun = new(StringComparer.Ordinal);

    // Clients that know nothing of each other draw nothing alike.
    private readonly TraceOptions _options = client is null ? options : options with { Seed = KeyedHash.Hash64(options.Seed, "client", client) };

    public TraceFile File => file;

    public ITraceFormat Format => format;

    public TraceOrder Order { get; } = new(file.Path);

    public IEnumerable<TraceRecord> Sorted(TraceTally tally) => Order.Sort(Records(tally));

    public void Dispose() => file.Dispose();

    private IEnumerable<TraceRecord> Records(TraceTally tally)
    {
        foreach (var item in format.Read(file, _options))
        {
            if (tally.Take(item, file.Path) is { } record)
            {
                yield return Following(client is null ? record : record with
                {
                    Session = record.Session is { } session ? $"{client}:{session}" : null, Cohort = record.Cohort ?? client,
                });
            }
        }
    }

    /// <summary>
    /// A turn that has a delay instead of a time belongs behind its session's first request, and into the window with it.
    /// </summary>
    private TraceRecord Following(TraceRecord record)
    {
        if (record.Session is not { } session || (record.At is null && record.Delay is null))
        {
            return record;
        }

        if (record.At is { } at)
        {
            if (_begun.Count < MaxBegun)
            {
                _begun.TryAdd(session, at);
            }

            return record;
        }

        return _begun.TryGetValue(session, out var begun) ? record with { At = begun, IsFollower = true } : record;
    }
}
