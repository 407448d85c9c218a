using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>prompts:</c>.</summary>
internal static class PromptKeys
{
    private static readonly Key<string> RecordedPath = new(
        "recorded", Scalars.Path, "File of recorded prompts, relative to this file's folder; gzip is recognised.")
        { Required = true, Example = "scenarios/recorded/tickets.jsonl" };

    private static readonly Key<RecordedFormat> Format = new(
        "format", Scalars.Choice(
            "a format", ("prompt-lines", RecordedFormat.PromptLines), ("messages", RecordedFormat.Messages),
            ("openai-batch", RecordedFormat.OpenAiBatch),
            ("sharegpt", RecordedFormat.ShareGpt), ("string-array", RecordedFormat.StringArray), ("text", RecordedFormat.Text)),
        "Left out: recognised from the content.") { Example = "messages" };

    private static readonly Key<int> Limit = new(
        "limit", Scalars.Count(1, 1_000_000), "At most this many prompts, from the start. Left out: all.") { Example = "200" };

    private static readonly Table<PromptSet> Recorded = new(
        "recordedPrompts", "a recorded prompt set", "Replays prompts from a file.", [RecordedPath, Format, Limit],
        keys => new PromptSet.Recorded
        {
            Name = "",
            Path = keys.Get(RecordedPath),
            Format = keys.Maybe(Format),
            Limit = keys.Maybe(Limit),
        });

    private static readonly Key<IReadOnlyList<string>> Mutators = new(
        "adversarial", new ListOf<string>(
            Scalars.OneOf("mutator", static options => options.Mutators), "mutators", most: 50, orOne: true),
        "Mutators over another prompt set, by name.") { Required = true, Example = "[unicode, flooding, injection]" };

    private static readonly Key<PromptSet> From = new(
        "from", new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"),
        "The prompt set whose prompts are damaged.") { Example = "tickets" };

    private static readonly Key<IReadOnlyList<string>> Corpora = new(
        "corpora", new ListOf<string>(Scalars.Path, "corpora", most: 100, orOne: true),
        "Files of hostile strings: a JSON array, JSON lines, or text with # comments.")
        { Default = "[]", Example = "[corpora/blns.json]" };

    private static readonly Table<PromptSet> Adversarial = new(
        "adversarialPrompts", "an adversarial prompt set", "Hostile prompts: mutators over another set, or strings from files.",
        [Mutators, From, Corpora],
        keys =>
        {
            var set = new PromptSet.Adversarial
            {
                Name = "",
                Mutators = keys.Get(Mutators),
                From = keys.Find(From),
                Corpora = keys.Get(Corpora),
            };
            if (keys.IsSound && set.Mutators.Count == 0 && set.Corpora.Count == 0)
            {
                keys.Report(Mutators, "neither mutators nor corpora", "name at least one mutator, or files under corpora:");
            }
            else if (keys.IsSound && set.Mutators.Count > 0 && set.From is null)
            {
                keys.Report(Mutators, "mutators without prompts to damage", "add from: and the name of a prompt set");
            }

            return set;
        });

    private static readonly Key<string> Generator = new(
        "generated", Scalars.OneOf("generator", static options => options.Generators), "What is made up.")
        { Required = true, Example = "support-ticket" };

    private static readonly Key<IReadOnlyList<string>> Locales = new(
        "locales", new ListOf<string>(
            Scalars.OneOf("locale", static options => options.Locales), "locales", least: 1, most: 50, orOne: true),
        "Languages to draw from with equal chance.") { Default = "[en]" };

    private static readonly Key<int> Count = new("count", Scalars.Count(1, 100_000), "Distinct prompts.") { Default = "200" };

    private static readonly Table<PromptSet> Generated = new(
        "generatedPrompts", "a generated prompt set", "Prompts made up from the seed.", [Generator, Locales, Count],
        keys => new PromptSet.Generated
        {
            Name = "",
            Kind = keys.Get(Generator),
            Locales = keys.Get(Locales),
            Count = keys.Get(Count),
        });

    private static readonly Key<string> TracePath = new(
        "trace", Scalars.Path, "File of recorded traffic, or folder of files of one format that are one trace, relative to this file's folder; gzip is recognised.")
        { Required = true, Example = "traces/conversation_trace.jsonl" };

    private static readonly Key<string> TraceFormat = new(
        "format", Scalars.Choice("a trace format", [.. TraceFormats.All.Select(format => (format.Name, format.Name))]),
        "Left out: told from the content.") { Example = "mooncake" };

    private static readonly Key<TimeUnit> Unit = new(
        "unit", Scalars.Choice("a unit of time", [.. TimeUnits.Words]),
        "Of bare numbers that are times. Left out: what the format documents; times that are then 1000 times too fast or slow are refused.")
        { Example = "ms" };

    private static readonly Key<TimeSpan> WindowStart = new(
        "from", Scalars.Duration, "Start of the wanted window, from the first request.")
        { Default = "0s" };
    private static readonly Key<TimeSpan> WindowLength = new(
        "for", Scalars.Limit, "Length of the wanted window. Left out: to the end.")
        { Example = "10m" };
    private static readonly Key<Share> Sessions = new(
        "sessions", Scalars.Share, "Keep this share of the sessions, each as a whole.")
        { Default = "100%" };
    private static readonly Key<Share> Lengths = new(
        "lengths", Scalars.Share, "Of the recorded numbers of tokens, so that a small model can be asked what a large one was.")
        { Default = "100%" };
    private static readonly Key<int> BlockTokens = new(
        "blockTokens", Scalars.Count(1, 65_536), "Tokens of one block of ids, before lengths:. Left out: what the format says.")
            { Example = "512" };

    private static readonly Table<PromptSet> Traced = new(
        "tracedPrompts", "a traced prompt set", "What recorded traffic asked: its texts, or words of its lengths with its shared prefixes.",
        [TracePath, TraceFormat, Unit, WindowStart, WindowLength, Sessions, Lengths, BlockTokens],
        keys => new PromptSet.Traced
        {
            Name = "",
            Path = keys.Get(TracePath),
            Format = keys.Find(TraceFormat),
            Unit = keys.Maybe(Unit),
            From = keys.Get(WindowStart),
            For = keys.Maybe(WindowLength),
            Sessions = keys.Get(Sessions),
            Lengths = keys.Get(Lengths),
            BlockTokens = keys.Maybe(BlockTokens),
        });

    private static readonly Key<PromptSet> Behind = new(
        "prefixed", new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"),
        "The prompt set whose prompts get a common beginning.") { Required = true, Example = "tickets" };
    private static readonly Key<int> Groups = new(
        "groups", Scalars.Count(1, 10_000), "Distinct beginnings; every prompt has one of them.")
        { Default = "1" };
    private static readonly Key<int> Tokens = new(
        "tokens", Scalars.Count(1, 100_000), "Length of each beginning, about one token a word.")
        { Default = "256" };

    private static readonly Table<PromptSet> Prefixed = new(
        "prefixedPrompts", "a prefixed prompt set", "Another set in groups whose prompts begin alike: what a prefix cache is for.",
        [Behind, Groups, Tokens],
        keys =>
            new PromptSet.Prefixed { Name = "", From = keys.Get(Behind), Groups = keys.Get(Groups), Tokens = keys.Get(Tokens) });

    private static readonly Key<IReadOnlyList<WordSwap>> Swaps = new(
        "counterfactual", new ListOf<WordSwap>(
            new CheckedKind<string, WordSwap>(Scalars.Text, static (text, _, _) => SwapText.Read(text)), "word swaps", most: 100, orOne: true),
        "Words that say the same of people of different groups: each prompt that has one is asked once for each group.")
        { Required = true, Example = "[\"gender male/female: he/she, his/her\"]" };
    private static readonly Key<string> SwapFile = new(
        "swaps", Scalars.Path, "File of more of them, one a line, # for comments; relative to this file's folder.") { Example = "swaps.txt" };
    private static readonly Key<PromptSet> Swapped = new(
        "from", new ReferenceTo<PromptSet>(static reading => reading.Prompts, "prompt set"), "The prompt set whose words are swapped.") { Required = true, Example = "tickets" };

    private static readonly Table<PromptSet> Counterfactual = new(
        "counterfactualPrompts", "a counterfactual prompt set", "Another set with the words of one group of people in the place of another's.",
        [Swaps, SwapFile, Swapped],
        keys =>
        {
            var set = new PromptSet.Counterfactual { Name = "", From = keys.Get(Swapped), Swaps = keys.Get(Swaps), File = keys.Find(SwapFile) };
            if (keys.IsSound && set.Swaps.Count == 0 && set.File is null)
            {
                keys.Report(Swaps, "no words to swap", "write [\"gender male/female: he/she, his/her\"], or name a file under swaps:");
            }

            return set;
        });

    public static Kind<PromptSet> Kind { get; } = new ShortOr<PromptSet>(
        new CheckedKind<string, PromptSet>(
            Scalars.Path, static (path, _, _) => new PromptSet.Recorded { Name = "", Path = path }),
        new Union<PromptSet>("a prompt set", Choose, Recorded, Adversarial, Generated, Traced, Prefixed, Counterfactual));

    private static Table<PromptSet>? Choose(MapNode map, Reading reading)
    {
        Table<PromptSet>[] all = [Recorded, Adversarial, Generated, Traced, Prefixed, Counterfactual];
        var chosen = all.Where(table => map.Find(table.Keys[0].Name) is not null).ToList();
        if (chosen is [var one])
        {
            return one;
        }

        var names = Shown.Or(all.Select(table => table.Keys[0].Name));
        var wrong = chosen.Count == 0 ? "a prompt set that comes from nowhere" : "a prompt set that comes from two places";
        reading.Report(map.Place, wrong, $"write exactly one of {names}");
        return null;
    }
}
