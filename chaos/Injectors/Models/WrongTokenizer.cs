using System.Text.Json;
using System.Text.Json.Nodes;
using ChaosBench.Chaos.Models;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Models;

/// <summary><c>model.wrong_tokenizer</c>: text and tokens do not belong together any more.</summary>
internal sealed class WrongTokenizer(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : ModelFault(fault, seed, targets, announcer)
{
    private static readonly FaultParameter Shift = new("shift", "count", "1", "Places by which the ids of the vocabulary move on, special tokens apart.")
    { Least = "1", Most = "100000" };

    public static FaultKind Kind { get; } = Entry(
        "model.wrong_tokenizer", "One replica reads and writes with the tokenizer of another version: every id stands for the token some places on.",
        "The tokenizer's hash does not match and the replica is refused; else a canary finds it.", "shift: 1", Shift);

    public override string? RefusalOf(string folder) => Movable(Vocabulary(Read(folder)), Read(folder)).Count > 1 ? null
        : $"finds no vocabulary of model.vocab in {Path.Combine(folder, "tokenizer.json")} whose ids it could move";

    protected override string Damage(string original, DamagedCopy copy)
    {
        var tokenizer = Read(copy.Folder);
        var vocabulary = Vocabulary(tokenizer)!;
        var movable = Movable(vocabulary, tokenizer);
        var shift = Shift.CountOf(Fault.Fault) % movable.Count;
        for (var at = 0; at < movable.Count; at++)
        {
            vocabulary[movable[at].Key] = movable[(at + shift) % movable.Count].Value;
        }

        File.WriteAllText(copy.Own("tokenizer.json"), tokenizer.ToJsonString());
        return FormattableString.Invariant($"the ids of {movable.Count} tokens moved on by {shift}");
    }

    private static JsonNode Read(string folder)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json"))) ?? new JsonObject();
        }
        catch (Exception flaw) when (flaw is JsonException or IOException)
        {
            throw new InvalidDataException($"{Path.Combine(folder, "tokenizer.json")}: {flaw.Message}", flaw);
        }
    }

    private static JsonObject? Vocabulary(JsonNode tokenizer) => tokenizer["model"]?["vocab"] as JsonObject;

    /// <summary>In order of their ids, without the special tokens: those end answers, and an answer without end is another fault.</summary>
    private static List<(string Key, int Value)> Movable(JsonObject? vocabulary, JsonNode tokenizer)
    {
        var special = (tokenizer["added_tokens"] as JsonArray ?? []).Select(token => token?["content"]?.GetValue<string>()).ToHashSet();
        return [.. (vocabulary ?? []).Where(token => !special.Contains(token.Key))
            .Select(token => (token.Key, token.Value!.GetValue<int>())).OrderBy(token => token.Item2)];
    }
}
