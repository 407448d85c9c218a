using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>Everything that is served, started once and warm for all rounds: the build twice, and other models that a regression needs.</summary>
internal sealed class GateTargets : IAsyncDisposable
{
    private const string Undertrained = "triage-undertrained";
    private const string HalfModel = "model.f16.onnx";
    private const string Model = "model.onnx";

    private readonly Scenario _scenario;
    private readonly LoadedSuite _loaded;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, ITarget> _served = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TargetIdentity> _identities = new(StringComparer.Ordinal);
    private DirectoryInfo? _half;

    public GateTargets(Scenario twins, LoadedSuite loaded, TimeProvider time) => (_scenario, _loaded, _time) = (twins, loaded, time);

    public ITarget Baseline => _served["baseline"];

    public bool InProcess => _scenario.Candidate is Target.Onnx;

    public ITarget Candidate(Regression regression) => _served.TryGetValue(regression.Name, out var own) ? own : _served["candidate"];

    public Dictionary<TargetRole, TargetIdentity> Identities(Regression regression) => new()
    {
        [TargetRole.Candidate] = _identities.TryGetValue(regression.Name, out var own) ? own : _identities["candidate"],
        [TargetRole.Baseline] = _identities["baseline"],
    };

    /// <summary>Why a regression cannot be injected into this target; null: it can.</summary>
    public static string? Refusal(Regression regression, Target target) => (regression, target) switch
    {
        (Regression.HalfPrecision, Target.Onnx onnx) when !File.Exists(Path.Combine(onnx.Model, HalfModel)) =>
            $"'half-precision' needs {HalfModel} in {onnx.Model}; leave it out, or make one with scenarios/models/training/half.py.",
        (Regression.Undertrained, Target.Onnx onnx) when !Directory.Exists(Beside(onnx)) =>
            $"'undertrained' needs the model folder {Beside(onnx)}; leave it out.",
        (Regression.HalfPrecision or Regression.Undertrained, Target.OpenAi remote) =>
            $"'{regression.Name}' swaps the model, and that of target '{remote.Name}' is out of reach; leave it out, or use a target of type onnx.",
        _ => null,
    };

    /// <exception cref="TargetUnavailableException">One does not start.</exception>
    public async Task StartAsync(IEnumerable<Regression> regressions, CancellationToken cancellation)
    {
        await StartAsync("baseline", _scenario.Baseline!, cancellation).ConfigureAwait(false);
        await StartAsync("candidate", _scenario.Candidate, cancellation).ConfigureAwait(false);
        foreach (var regression in regressions)
        {
            if (Swapped(regression) is { } target)
            {
                await StartAsync(regression.Name, target, cancellation).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _served.Values)
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }

        _half?.Delete(recursive: true);
    }

    private async Task StartAsync(string key, Target target, CancellationToken cancellation)
    {
        ITarget served = target switch
        {
            Target.Onnx onnx => new OnnxTarget(onnx, null, _loaded.Resolve, (_, _) => { }, _time),
            Target.OpenAi remote => OpenAiTargets.Create(remote, _loaded.Resolve, _time),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        _served[key] = served;
        _identities[key] = await served.StartAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Null: the regression keeps the model.</summary>
    private Target.Onnx? Swapped(Regression regression) => (regression, _scenario.Candidate) switch
    {
        (Regression.HalfPrecision, Target.Onnx onnx) => onnx with { Model = HalfFolder(onnx.Model) },
        (Regression.Undertrained, Target.Onnx onnx) => onnx with { Model = Beside(onnx) },
        _ => null,
    };

    private static string Beside(Target.Onnx onnx) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(onnx.Model))!, Undertrained);

    /// <summary>The model's folder again, with its f16 form as the model.</summary>
    private string HalfFolder(string model)
    {
        _half = Directory.CreateTempSubdirectory("chaosbench-half-");
        foreach (var file in Directory.EnumerateFiles(model))
        {
            var name = Path.GetFileName(file);
            if (name != Model)
            {
                File.Copy(file, Path.Combine(_half.FullName, name == HalfModel ? Model : name));
            }
        }

        return _half.FullName;
    }
}
