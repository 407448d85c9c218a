using System.Numerics;
using ChaosBench.Chaos;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Injectors.Models;

public sealed class ModelFaultsTests
{
    private readonly Announcements _said = new();
    private readonly FakeModels _models = new();

    [Theory]
    [InlineData("exponent-top", 30, 30)]
    [InlineData("sign", 31, 31)]
    [InlineData("exponent", 23, 30)]
    [InlineData("mantissa", 0, 22)]
    public async Task BitFlip_Class_FlipsThatManyBitsThere(string bits, int first, int last)
    {
        var injector = Create("model.weight_bitflip", ("bits", bits), ("count", "12"), ("tensors", "*"));

        await injector.ApplyAsync(default);

        var changed = Changed(await OriginalAsync(), _models.Loaded[1]);
        Assert.Equal(12, changed.Sum(change => BitOperations.PopCount(change.Bits)));
        // Weights of the reference are f32 and lie at any offset: the byte's place in its number follows from the tensor's start.
        var weights = ChaosBench.Chaos.Models.ModelWeights.Find(Path.Combine(_models.Folder, "model.onnx"));
        Assert.All(changed, change =>
        {
            var tensor = weights.Single(weight => change.At >= weight.Offset && change.At < weight.Offset + weight.Length);
            var bit = (int)((change.At - tensor.Offset) % 4 * 8);
            Assert.All(Enumerable.Range(0, 8).Where(place => (change.Bits >> place & 1) != 0), place => Assert.InRange(bit + place, first, last));
        });
        Assert.Contains("its canary answers otherwise", injector.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BitFlip_SameSeed_SameBitsAndAnotherSeedOthers()
    {
        var first = await DamageAsync(seed: 1);

        Assert.Equal(first, await DamageAsync(seed: 1));
        Assert.NotEqual(first, await DamageAsync(seed: 2));

        async Task<byte[]> DamageAsync(ulong seed)
        {
            var injector = Create(seed, "model.weight_bitflip");
            await injector.ApplyAsync(default);
            var bytes = _models.Loaded[1];
            await injector.ClearAsync(default);
            return bytes;
        }
    }

    [Theory]
    [InlineData("model.weight_bitflip")]
    [InlineData("model.wrong_quantization")]
    [InlineData("model.wrong_tokenizer")]
    [InlineData("model.dropped_shard")]
    public async Task Apply_AndClear_ActsOnOneReplicaAndLeavesNothingBehind(string kind)
    {
        var before = Copies();
        var injector = Create(kind);

        await injector.ApplyAsync(default);

        Assert.Equal([1], _models.Loaded.Keys);
        Assert.Equal(["replica-1"], _said.KeysOf(injector.Fault, UnitEvent.Applied));
        Assert.False(await injector.VerifyHealedAsync(default));
        await injector.ClearAsync(default);
        await injector.ClearAsync(default);
        Assert.True(await injector.VerifyHealedAsync(default));
        Assert.Equal(before, Copies());
    }

    [Fact]
    public async Task Apply_DoesNotLoad_SaysWhatTheServerSaid()
    {
        var models = new FakeModels { LoadTrouble = "a part is missing" };
        var injector = InjectorFactory.Create(
            Planned("model.dropped_shard"), 1, [new TargetControls("stable", new FakeReplicas(2) { Models = models }, [])], _said);

        await injector.ApplyAsync(default);

        Assert.Contains("it does not serve: a part is missing", injector.Detail, StringComparison.Ordinal);
        await injector.ClearAsync(default);
    }

    [Fact]
    public async Task LogitsNan_Share_StrikesByTheKeyAndSparesWithoutOne()
    {
        var planned = Planned("model.logits_nan");
        planned = planned with { Fault = planned.Fault with { Share = new(0.5), Select = new Dictionary<string, string>() } };
        var injector = InjectorFactory.Create(planned, 1, [Target()], _said);

        await injector.ApplyAsync(default);

        Assert.Equal([0, 1], _models.Damages.Keys.Order());
        var hit = Enumerable.Range(0, 200).Where(at => _models.Damages[0]($"r{at}", $"k{at}") is float.NaN).ToList();
        Assert.InRange(hit.Count, 70, 130);
        Assert.All(hit, at => Assert.Equal(float.NaN, _models.Damages[1]($"other{at}", $"k{at}")));
        Assert.Null(_models.Damages[0]("canary", ""));
        await injector.ClearAsync(default);
        Assert.Empty(_models.Damages);
    }

    [Theory]
    [InlineData("model.weight_bitflip", "tensors", "no.such.*", "finds no weight named no.such.*")]
    [InlineData("model.stale_version", "model", "/no/such/folder", "finds no model.onnx in '/no/such/folder'")]
    public void Create_NothingToDamage_IsRefusedBeforeTheRun(string kind, string name, string value, string reason) => Assert.Contains(
        reason, Assert.Throws<FaultRefusedException>(() => Create(kind, (name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_StaleVersionIsTheTargetsOwn_IsRefused() => Assert.Contains(
        "serves anyhow", Assert.Throws<FaultRefusedException>(() => Create("model.stale_version", ("model", _models.Folder))).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_ShareOnAReplica_IsRefused()
    {
        var planned = Planned("model.dropped_shard");

        Assert.Contains("leave share out", Assert.Throws<FaultRefusedException>(() => InjectorFactory.Create(
            planned with { Fault = planned.Fault with { Share = new(0.5) } }, 1, [Target()], _said)).Message, StringComparison.Ordinal);
    }

    private static List<(long At, uint Bits)> Changed(byte[] before, byte[] after) =>
        [.. Enumerable.Range(0, before.Length).Where(at => before[at] != after[at]).Select(at => ((long)at, (uint)(before[at] ^ after[at])))];

    private static int Copies() => Directory.EnumerateDirectories(Path.GetTempPath(), $"chaosbench-model-{Environment.ProcessId}-*").Count();

    private Task<byte[]> OriginalAsync() => File.ReadAllBytesAsync(Path.Combine(_models.Folder, "model.onnx"));

    private TargetControls Target() => new("stable", new FakeReplicas(2) { Models = _models }, []);

    private IInjector Create(string kind, params (string Name, string Value)[] with) => Create(1, kind, with);

    private IInjector Create(ulong seed, string kind, params (string Name, string Value)[] with) =>
        InjectorFactory.Create(Planned(kind, with), seed, [Target()], _said);

    private static PlannedFault Planned(string kind, params (string Name, string Value)[] with) => new(
        0,
        new Fault
        {
            Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1),
            Select = new Dictionary<string, string> { ["replica"] = "1" },
            With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, Nanos.PerSecond);
}
