using System.Buffers;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Benchmarks.Load;

/// <summary>The requests of these benchmarks: the same body for every contestant.</summary>
internal static class Traffic
{
    public const string Model = "m";

    /// <param name="authority">PEM file of whom to trust; null without TLS.</param>
    public static OpenAiSettings Settings(Uri url, HttpTransport transport = HttpTransport.Automatic, string? authority = null) =>
        new() { Name = "stub", Url = url, Model = Model, Transport = transport, CaCertificate = authority, ConnectTimeout = TimeSpan.FromMinutes(1) };

    public static Arrival Arrival(int index, long at, bool stream) => new()
    {
        Index = index,
        At = at,
        Role = TargetRole.Candidate,
        Group = index,
        Prompt = Prompt,
        Sampling = new Sampling(0, 100, stream, 7),
        Cohort = stream ? Streaming : Whole,
    };

    public static string Body(bool stream)
    {
        var body = new ArrayBufferWriter<byte>();
        RequestWriter.WriteBody(Arrival(0, 0, stream), Settings(new Uri("http://127.0.0.1/v1")), body);
        return System.Text.Encoding.UTF8.GetString(body.WrittenSpan);
    }

    public static Plan Open(int count, double perSecond, bool stream) => Make(
        new Workload.Open(new ArrivalProcess.Constant(new Rate(perSecond))),
        [.. Enumerable.Range(0, count).Select(index => Arrival(index, (long)(index * (Nanos.PerSecond / perSecond)), stream))],
        TimeSpan.FromSeconds(count / perSecond));

    public static Plan Closed(int clients, TimeSpan length) =>
        Make(new Workload.Closed(clients, TimeSpan.Zero), [Arrival(0, 0, stream: false)], length);

    private static PlannedPrompt Prompt { get; } = new("p", [new ChatMessage("user", "hello there, tell me a story")], null, null);

    private static Cohort Streaming { get; } = Cohort(stream: true);

    private static Cohort Whole { get; } = Cohort(stream: false);

    private static Cohort Cohort(bool stream) =>
        new("stories", 0, 100, stream, 1, PromptRole.Traffic, GraderKind.None, new Dictionary<string, string>());

    private static Plan Make(Workload workload, IReadOnlyList<Arrival> arrivals, TimeSpan length) => new()
    {
        Scenario = new Scenario
        {
            Name = "benchmark",
            Candidate = new Target.OpenAi { Name = "stub", Url = new Templated("http://127.0.0.1/v1"), Model = new Templated(Model) },
            Workload = workload,
            Mix = [],
            Phases = new PhaseDurations(TimeSpan.Zero, length, TimeSpan.Zero, TimeSpan.Zero),
        },
        Seed = 1,
        Phases = [new PhaseWindow(Phase.Baseline, 0, Nanos.From(length))],
        Faults = [],
        Arrivals = arrivals,
        Sha256 = new string('0', 64),
        Files = new Dictionary<string, string>(),
    };
}
