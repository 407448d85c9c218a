namespace ChaosBench.Chaos.Client;

/// <summary>What happens to one attempt of the client under test. A closed set.</summary>
public abstract record ClientStrike
{
    private ClientStrike()
    {
    }

    /// <summary>It goes out later.</summary>
    public sealed record Late(TimeSpan By) : ClientStrike;

    /// <summary>It never goes out.</summary>
    public sealed record NotConnected : ClientStrike;

    /// <summary>It never goes out, and this is what the client reads.</summary>
    public sealed record Answered(int Status, double? RetryAfterSeconds) : ClientStrike;

    /// <summary>It goes out, is served, and the client reads nothing of it.</summary>
    public sealed record ReplyLost : ClientStrike;
}
