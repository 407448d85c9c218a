using System.CommandLine;
using System.Globalization;
using ChaosBench.Harness.Running.Shards;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Commands;

/// <summary>What <c>run</c> offers to engines that start it many times, beside each other, for one plan.</summary>
internal sealed class ShardOptions
{
    public Option<string> Shard { get; } = new("--shard")
    {
        Description = "Send only slice K of N of the plan, as others send the rest; 'chaosbench merge' joins them. auto: K and N from the "
            + "environment (CHAOSBENCH_SHARD and CHAOSBENCH_SHARDS, Kubernetes Indexed Jobs, Slurm, GitLab and the like)",
        HelpName = "K/N|auto",
    };

    public Option<string> StartAt { get; } = new("--start-at")
    {
        Description = "The instant at which all shards begin, with its zone: 2026-01-31T12:00:00Z (default: CHAOSBENCH_START_AT, else at once)",
        HelpName = "INSTANT",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Shard);
        command.Options.Add(StartAt);
    }

    /// <returns>Null: this process does all of it.</returns>
    /// <exception cref="UsageException">What was asked for cannot be sharded.</exception>
    public Sharding? Read(ParseResult parsed, Suite suite, Func<string, string?> environment)
    {
        if (parsed.GetValue(Shard) is not { } text)
        {
            return parsed.GetValue(StartAt) is null ? null : throw new UsageException("--start-at is for shards; it takes --shard K/N.");
        }

        var shard = text == "auto" ? ShardPlace.Find(environment) : Scenarios.Planning.Shard.TryParse(text)
            ?? throw new UsageException($"--shard {Printable.Line(text, 40)}: not K/N with K from 1 to N; write for example --shard 1/4, or --shard auto.");
        Refuse(suite);
        return new Sharding(shard, Instant(parsed.GetValue(StartAt) ?? environment(ShardPlace.StartVariable)));
    }

    private static DateTimeOffset? Instant(string? text) => text is not { Length: > 0 } ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && HasZone(text)
            ? instant.ToUniversalTime()
            : throw new UsageException($"--start-at {Printable.Line(text, 40)}: not an instant with a zone; write for example 2026-01-31T12:00:00Z.");

    /// <summary>Machines of one cluster may live in different zones.</summary>
    private static bool HasZone(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');

    private static void Refuse(Suite suite)
    {
        foreach (var scenario in suite.Scenarios)
        {
            Target?[] targets = [scenario.Candidate, scenario.Baseline];
            if (targets.OfType<Target.Onnx>().FirstOrDefault() is { } own)
            {
                throw new UsageException($"{suite.Path}: scenario '{scenario.Name}': --shard with target '{own.Name}' (type: onnx): each shard "
                    + "would load a model of its own and none would get the planned load; serve it once with 'chaosbench serve' and give its url.");
            }

            if (targets.OfType<Target.OpenAi>().FirstOrDefault(target => target.Command.Count > 0) is { } started)
            {
                throw new UsageException($"{suite.Path}: scenario '{scenario.Name}': --shard with target '{started.Name}' (command:): each shard "
                    + "would start a server of its own; start it once and give its url.");
            }

            if (scenario.UntilDecided is not null)
            {
                throw new UsageException($"{suite.Path}: scenario '{scenario.Name}': --shard beside --until-decided: a shard sees a part of every "
                    + "pair and cannot tell when the whole is decided; plan the pairs that it takes, or run in one process.");
            }
        }

        if (suite.Scenarios.Count != 1)
        {
            throw new UsageException($"{suite.Path}: --shard takes one scenario, because shards begin together; choose it with --scenario "
                + $"({string.Join(", ", suite.Scenarios.Select(scenario => scenario.Name).Take(10))}).");
        }
    }
}
