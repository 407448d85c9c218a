using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Goldens;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>The models of one scenario, loaded to be asked by hand, without load and without faults.</summary>
internal sealed class TryModels : IAsyncDisposable
{
    private const int MostSamples = 30;

    private TryModels(Scenario scenario, ulong seed, string file)
    {
        (Scenario, Seed, File) = (scenario, seed, file);
    }

    public Scenario Scenario { get; }
    public ulong Seed { get; }

    /// <summary>The scenario file as the operator named it.</summary>
    public string File { get; }

    public required ITarget Candidate { get; init; }

    /// <summary>Null: the scenario has none.</summary>
    public ITarget? Baseline { get; init; }

    /// <summary>Prompts of the scenario to begin with.</summary>
    public required IReadOnlyList<Arrival> Samples { get; init; }

    /// <exception cref="UsageException">The file has no such scenario, or a model does not load.</exception>
    public static async Task<TryModels> OpenAsync(LoadedSuite loaded, TimeProvider time, CancellationToken cancellation)
    {
        var plan = loaded.Plan()[0];
        var opened = new List<AskedTarget>();
        try
        {
            foreach (var target in new[] { plan.Scenario.Baseline, plan.Scenario.Candidate }.OfType<Target>())
            {
                opened.Add(new AskedTarget(target, loaded, time));
                await opened[^1].StartAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception problem) when (problem is TargetUnavailableException or OperationCanceledException)
        {
            foreach (var target in opened)
            {
                await target.DisposeAsync().ConfigureAwait(false);
            }

            throw problem is TargetUnavailableException ? new UsageException(problem.Message) : new OperationCanceledException(cancellation);
        }

        return Of(plan, loaded.Suite.Path, opened[^1].Target, opened.Count > 1 ? opened[0].Target : null);
    }

    /// <param name="candidate">Started, as is <paramref name="baseline"/>; both are ended with this.</param>
    internal static TryModels Of(Plan plan, string file, ITarget candidate, ITarget? baseline) => new(plan.Scenario, plan.Seed, file)
    {
        Candidate = candidate,
        Baseline = baseline,
        Samples = [.. AnswerCollector.CasesOf(plan, MostSamples).Select(one => one.Sample).Where(sample => Asked(sample).Length is > 0 and <= TryAsk.MostChars)],
    };

    /// <summary>The last thing that a user says in it.</summary>
    public static string Asked(Arrival arrival) => arrival.Prompt.Messages.LastOrDefault(message => message.Role == "user")?.Content ?? "";

    /// <summary>The request without its damage.</summary>
    public Arrival Arrival(TryAsk ask)
    {
        var around = ask.Sample is { } number && number >= 0 && number < Samples.Count ? Samples[number].Prompt.Messages : [];
        var last = around.ToList().FindLastIndex(message => message.Role == "user");
        return new Arrival
        {
            Index = 0,
            At = 0,
            Role = TargetRole.Candidate,
            Key = "try",
            Group = 0,
            Prompt = new PlannedPrompt("try", [.. last < 0 ? [] : around.Take(last), new ChatMessage("user", ask.Prompt)], null, null),
            Sampling = new Sampling(ask.Temperature, ask.MaxTokens, Stream: true, ask.Seed & 0x7FFF_FFFF),
            Cohort = new Cohort(
                "try", ask.Temperature, ask.MaxTokens, Stream: true, Batch: 1, PromptRole.Traffic, GraderKind.None, new Dictionary<string, string>()),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Candidate.DisposeAsync().ConfigureAwait(false);
        if (Baseline is not null)
        {
            await Baseline.DisposeAsync().ConfigureAwait(false);
        }
    }
}
