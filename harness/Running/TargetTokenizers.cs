using ChaosBench.Engine.Targets;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;

namespace ChaosBench.Harness.Running;

/// <summary>The tokenizers that <c>tokenizer:</c> names, by role: for answers whose tokens the server does not count.</summary>
internal sealed class TargetTokenizers
{
    private readonly Dictionary<TargetRole, LoadedTokenizer> _loaded = [];

    public IReadOnlyDictionary<TargetRole, ITokenCounter> Counters =>
        _loaded.ToDictionary(entry => entry.Key, entry => (ITokenCounter)new Counter(entry.Value.Tokenizer));

    /// <exception cref="UsageException">A file that is missing or no tokenizer of the supported kind.</exception>
    public static TargetTokenizers Load(Scenario scenario, string scenarioFile)
    {
        var all = new TargetTokenizers();
        all.Add(TargetRole.Candidate, scenario.Candidate, scenarioFile);
        if (scenario.Baseline is { } baseline)
        {
            all.Add(TargetRole.Baseline, baseline, scenarioFile);
        }

        return all;
    }

    /// <summary>With what its tokens are counted by, for the manifest.</summary>
    public TargetIdentity Describe(TargetRole role, TargetIdentity identity) => _loaded.TryGetValue(role, out var loaded)
        ? identity with { Facts = new Dictionary<string, string>(identity.Facts) { ["tokenizerSha256"] = loaded.Sha256 } }
        : identity;

    private void Add(TargetRole role, Target target, string scenarioFile)
    {
        if (target is not Target.OpenAi { Tokenizer: { } place })
        {
            return;
        }

        try
        {
            _loaded[role] = LoadedTokenizer.Load(place);
        }
        catch (ModelLoadException problem)
        {
            throw new UsageException($"{scenarioFile}: target '{target.Name}': tokenizer: {problem.Message}");
        }
    }

    private sealed class Counter(Tokenizer tokenizer) : ITokenCounter
    {
        public int Count(string text) => tokenizer.Encode(text).Length;
    }
}
