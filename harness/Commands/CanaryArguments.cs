using System.CommandLine;
using System.CommandLine.Parsing;
using ChaosBench.Server;
using ChaosBench.Server.Versions;
using ParseResult = System.CommandLine.ParseResult;

namespace ChaosBench.Harness.Commands;

/// <summary>The options of <c>serve</c> for a second version beside the first.</summary>
internal sealed class CanaryArguments
{
    private readonly Option<DirectoryInfo?> _canary = new("--canary")
    {
        Description = "Second version of the model, beside the first one under the same address", HelpName = "MODEL_DIR",
    };

    private readonly Option<TrafficSplit?> _split = new("--split")
    {
        Description = "Traffic of the two versions in percent; sessions stay on one version. Default 95/5", HelpName = "STABLE/CANARY",
        CustomParser = ReadSplit,
    };

    private readonly Option<FileInfo?> _splitFile = new("--split-file")
    {
        Description = "Take the split from this file, and follow it while it changes (echo 100/0 > FILE takes the canary out)", HelpName = "FILE",
    };

    private readonly Option<int> _canaryReplicas = new("--canary-replicas")
    {
        Description = "Copies of the canary", HelpName = "N", DefaultValueFactory = _ => 1, CustomParser = OptionValues.Whole<int>(1, 64),
    };

    private readonly Option<string> _servedName = new("--served-model-name")
    {
        Description = "Model id under which the traffic is split; the versions' own ids name a version", HelpName = "NAME",
        DefaultValueFactory = _ => VersionSet.DefaultName,
    };

    public void AddTo(Command command)
    {
        command.Add(_canary);
        command.Add(_split);
        command.Add(_splitFile);
        command.Add(_canaryReplicas);
        command.Add(_servedName);
    }

    /// <summary>Null without a canary; then nothing may be said about one.</summary>
    public CanaryOptions? Read(ParseResult parsed, ServerOptions stable)
    {
        if (parsed.GetValue(_canary) is not { } folder)
        {
            var orphan = ((Option[])[_split, _splitFile, _canaryReplicas, _servedName])
                .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
            return orphan is null ? null : throw new UsageException($"{orphan.Name} is about a canary; add --canary MODEL_DIR, or leave it out.");
        }

        var file = parsed.GetValue(_splitFile)?.FullName;
        if (file is not null && parsed.GetValue(_split) is not null)
        {
            throw new UsageException("--split and --split-file both say how the traffic is split; give one of them.");
        }

        var (split, problem) = file is null
            ? (parsed.GetValue(_split) ?? TrafficSplit.Parse("95/5"), null)
            : SplitFile.Read(file);
        return new CanaryOptions(
            stable with { Model = folder.FullName, Replicas = parsed.GetValue(_canaryReplicas), ReplicasBeside = stable.Replicas },
            split ?? throw new UsageException($"--split-file {problem}."),
            file,
            parsed.GetValue(_servedName)!);
    }

    private static TrafficSplit? ReadSplit(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var split = TrafficSplit.Parse(text);
        if (split is null)
        {
            result.AddError($"--split {text}: not a traffic split; write {TrafficSplit.Form}");
        }

        return split;
    }
}
