namespace ChaosBench.Chaos.Hostile;

/// <summary>Where a target's requests go, for clients of a fault's own. Holds secrets: it is never written anywhere.</summary>
/// <param name="Url">Of the API, for example <c>http://127.0.0.1:8000/v1</c>.</param>
/// <param name="Headers">What every request carries; a key, for one.</param>
public sealed record EndpointAddress(Uri Url, string Model, IReadOnlyDictionary<string, string> Headers)
{
    public override string ToString() => nameof(EndpointAddress);
}
