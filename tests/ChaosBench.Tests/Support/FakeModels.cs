using ChaosBench.Chaos;

namespace ChaosBench.Tests.Support;

/// <summary>Replicas that serve whatever folder they are given, and whose canary is the hash of its graph and tokenizer.</summary>
internal sealed class FakeModels : IModelControl
{
    private readonly Dictionary<int, string> _answers = [];

    public string Folder { get; init; } = Repository.Path("scenarios", "models", "triage-v1");

    public string? LogitsRefusal { get; init; }

    /// <summary>Why a damaged model does not serve; null: it does.</summary>
    public string? LoadTrouble { get; init; }

    /// <summary>Bytes of the graph that was loaded last, by replica; none once it serves the original again.</summary>
    public Dictionary<int, byte[]> Loaded { get; } = [];

    public Dictionary<int, Func<string, string, float?>> Damages { get; } = [];

    public Task<string?> LoadAsync(int replica, string? folder, CancellationToken cancellation)
    {
        Loaded.Remove(replica);
        _answers.Remove(replica);
        if (folder is not null)
        {
            Loaded[replica] = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
            _answers[replica] = Hash(folder);
        }

        return Task.FromResult(folder is null ? null : LoadTrouble);
    }

    public Task<string?> CanaryAsync(int replica, CancellationToken cancellation) =>
        Task.FromResult<string?>(_answers.GetValueOrDefault(replica) ?? Hash(Folder));

    public void DamageLogits(int replica, Func<string, string, float?>? damage)
    {
        Damages.Remove(replica);
        if (damage is not null)
        {
            Damages[replica] = damage;
        }
    }

    private static string Hash(string folder) => string.Concat(new[] { "model.onnx", "tokenizer.json" }.Select(file =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))))));
}
