using ChaosBench.Server.Http;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Server.Versions;

/// <summary>
/// The versions behind one address: one, or a stable one and a canary that share the traffic.
/// <code>
/// model id of a version > that version
/// any other name, none  > canary when hash(session) / 2^64 &lt; canary's share, else stable
/// </code>
/// The session is the header <c>X-Session-Id</c>, else the field <c>user</c>, else the request's own id. The hash is salted with the
/// canary's weights: every canary draws other sessions, and several servers with the same two versions agree. When the canary's share
/// grows, the sessions that it has stay with it. A request never moves to the other version: not when its version is overloaded, and
/// not when the split changes while it streams.
/// </summary>
public sealed class VersionSet
{
    /// <summary>The name under which the traffic is split, unless another is given.</summary>
    public const string DefaultName = "default";

    private readonly string _salt;
    private volatile TrafficSplit? _split;
    private volatile bool _splitIsRefused;

    private VersionSet(IReadOnlyList<ServedVersion> all, string name, TrafficSplit? split)
    {
        All = all;
        Name = name;
        _split = split;
        _salt = all[^1].Model.Identity.ModelSha256;
    }

    /// <summary>One version, or stable and canary.</summary>
    public IReadOnlyList<ServedVersion> All { get; }

    /// <summary>The model id under which the traffic is split; with one version, that version's.</summary>
    public string Name { get; }

    /// <summary>Takes effect on the next request. Null with one version.</summary>
    public TrafficSplit? Split => _split;

    /// <summary>The last split that was asked for could not be read, and the one before it still holds.</summary>
    internal bool SplitIsRefused
    {
        get => _splitIsRefused;
        set => _splitIsRefused = value;
    }

    public static VersionSet Single(ServedVersion only) => new([only], only.Id, null);

    /// <summary>Two versions of the same name are told apart as <c>NAME</c> and <c>NAME-canary</c>.</summary>
    /// <exception cref="ArgumentException">The name under which the traffic is split is the id of a version.</exception>
    public static VersionSet Canary(ServedVersion stable, ServedVersion canary, TrafficSplit split, string name = DefaultName)
    {
        var id = canary.Id == stable.Id ? $"{canary.Id}-canary" : canary.Id;
        return name == stable.Id || name == id
            ? throw new ArgumentException($"'{name}' is the id of one of the versions; the name that is split must be another one.", nameof(name))
            : new VersionSet([stable.Labelled("stable", stable.Id), canary.Labelled("canary", id)], name, split);
    }

    /// <exception cref="InvalidOperationException">There is one version.</exception>
    public void ChangeSplit(TrafficSplit split) => _split = All.Count > 1
        ? split
        : throw new InvalidOperationException("One version has all the traffic.");

    /// <summary>The version that answers.</summary>
    /// <param name="model">As the client wrote it; null when absent.</param>
    /// <param name="session">What the choice sticks to.</param>
    /// <param name="able">
    /// Which versions can answer this kind of request: the split is over those. A version that is asked for by its id is taken even
    /// when it cannot, so that the client hears why.
    /// </param>
    internal ServedVersion Choose(string? model, string session, Func<FaceModel, bool> able)
    {
        if (All.Count > 1 && All.FirstOrDefault(version => version.Id == model) is { } asked)
        {
            return asked;
        }

        var candidates = All.Where(version => able(version.Model)).ToArray();
        return candidates.Length == 2 ? Drawn(session) : candidates.FirstOrDefault(All[0]);
    }

    /// <summary>There is a version that can answer this kind of request.</summary>
    internal bool CanAny(Func<FaceModel, bool> able) => All.Any(version => able(version.Model));

    private ServedVersion Drawn(string session)
    {
        var drawn = new SampleRandom(SampleRandom.SeedOf($"{_salt}/{session}")).NextDouble();
        return drawn < (double)_split!.Canary / 100 ? All[1] : All[0];
    }
}
