namespace ChaosBench.Scenarios.Model;

/// <summary>A closed set: arrivals independent of answers, or clients that wait for them.</summary>
public abstract record Workload
{
    private Workload() { }

    /// <summary>Arrivals at planned instants, whatever the target does.</summary>
    public sealed record Open(ArrivalProcess Arrivals) : Workload
    {
        /// <summary>
        /// What arrives are whole conversations: the first request at its planned instant, each later one when what it waits for was
        /// answered.
        /// </summary>
        public bool Sessions { get; init; }

        /// <summary>Sessions: pause after each answer. Null: as recorded.</summary>
        public TimeSpan? ThinkTime { get; init; }
    }

    /// <summary>
    /// <paramref name="Clients"/> clients; each sends its next request <paramref name="ThinkTime"/> after the last answer.
    /// </summary>
    /// <param name="Sessions">Clients hold whole conversations: each turn carries the answers that came to the ones
    /// before.</param>
    public sealed record Closed(int Clients, TimeSpan ThinkTime, bool Sessions = false) : Workload;
}

/// <summary>The rule for the gaps between planned arrivals.</summary>
public abstract record ArrivalProcess
{
    private ArrivalProcess() { }

    /// <summary>Equal gaps.</summary>
    public sealed record Constant(Rate Rate) : ArrivalProcess;

    /// <summary>Independent exponential gaps.</summary>
    public sealed record Poisson(Rate Rate) : ArrivalProcess;

    /// <summary>Equal gaps whose rate goes linearly from <paramref name="From"/> to <paramref name="To"/> over the run.</summary>
    public sealed record Ramp(Rate From, Rate To) : ArrivalProcess;

    /// <summary>Gaps of any law, at a rate that may change over the run.</summary>
    public sealed record Shaped(RateProfile Profile, GapLaw Gaps) : ArrivalProcess;

    /// <summary>Clients that know nothing of each other, each with its own rate and law: their arrivals together.</summary>
    public sealed record Clients(IReadOnlyList<Shaped> Each) : ArrivalProcess;

    /// <summary>The instants of a recorded trace, <paramref name="Speed"/> times as fast.</summary>
    public sealed record Replay(PromptSet.Traced Trace, double Speed) : ArrivalProcess;
}
