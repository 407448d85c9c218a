using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Scenarios.Model;

/// <summary>Where prompts come from. A closed set.</summary>
public abstract record PromptSet
{
    private PromptSet() { }

    /// <summary>The key under <c>prompts:</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Replays prompts from a file.</summary>
    public sealed record Recorded : PromptSet
    {
        public required string Path { get; init; }

        /// <summary>Null: recognised from the content.</summary>
        public RecordedFormat? Format { get; init; }

        /// <summary>At most this many, from the start. Null: all.</summary>
        public int? Limit { get; init; }
    }

    /// <summary>Mutators over another set, or strings from corpora.</summary>
    public sealed record Adversarial : PromptSet
    {
        /// <summary>Mutator names in the order given; never empty unless <see cref="Corpora"/> is not.</summary>
        public required IReadOnlyList<string> Mutators { get; init; }

        /// <summary>The set whose prompts are damaged.</summary>
        public PromptSet? From { get; init; }

        /// <summary>Files of hostile strings (JSON array, JSON lines, text with <c>#</c> comments).</summary>
        public IReadOnlyList<string> Corpora { get; init; } = [];
    }

    /// <summary>Made up from the seed.</summary>
    public sealed record Generated : PromptSet
    {
        /// <summary>Only <c>support-ticket</c> so far.</summary>
        public required string Kind { get; init; }
        public required IReadOnlyList<string> Locales { get; init; }

        /// <summary>Distinct prompts. Default 200.</summary>
        public int Count { get; init; } = 200;
    }

    /// <summary>What recorded traffic asked: its texts, or texts of its lengths with its shared prefixes.</summary>
    public sealed record Traced : PromptSet
    {
        public required string Path { get; init; }

        /// <summary>Name of a trace format; null: told from the content.</summary>
        public string? Format { get; init; }

        /// <summary>Of bare numbers that are times; null: what the format documents, checked.</summary>
        public TimeUnit? Unit { get; init; }

        /// <summary>Start of the wanted window, from the first request.</summary>
        public TimeSpan From { get; init; }

        /// <summary>Length of the wanted window; null: to the end.</summary>
        public TimeSpan? For { get; init; }

        /// <summary>Share of the sessions that are kept, each as a whole.</summary>
        public Share Sessions { get; init; } = new(1);

        /// <summary>Of recorded token counts, block size included: a small model is asked for a small share of a large one's lengths.</summary>
        public Share Lengths { get; init; } = new(1);

        /// <summary>Tokens of one block of ids before <see cref="Lengths"/>; null: what the format says, else 512.</summary>
        public int? BlockTokens { get; init; }
    }

    /// <summary>Another set in which words of one group of people stand for those of another, and nothing else differs.</summary>
    public sealed record Counterfactual : PromptSet
    {
        public required PromptSet From { get; init; }

        /// <summary>Each <c>NAME GROUP/GROUP: word/word, word/word</c>.</summary>
        public required IReadOnlyList<WordSwap> Swaps { get; init; }

        /// <summary>File of more of them, one a line; null: none.</summary>
        public string? File { get; init; }
    }

    /// <summary>Another set in groups whose prompts begin alike: what a prefix cache is for.</summary>
    public sealed record Prefixed : PromptSet
    {
        public required PromptSet From { get; init; }

        /// <summary>Distinct prefixes; a prompt's own id decides which is its.</summary>
        public required int Groups { get; init; }

        /// <summary>Length of each prefix, about one token a word.</summary>
        public required int Tokens { get; init; }
    }
}

/// <summary>Words that say the same of people of different groups.</summary>
/// <param name="Name">What differs: <c>gender</c>.</param>
/// <param name="Groups">Two or more: <c>male</c>, <c>female</c>.</param>
/// <param name="Rows">Words that stand for one another, one for each group: <c>he</c>, <c>she</c>.</param>
public sealed record WordSwap(string Name, IReadOnlyList<string> Groups, IReadOnlyList<IReadOnlyList<string>> Rows);

public enum RecordedFormat
{
    /// <summary>JSON lines with <c>prompt</c> (text), optionally <c>id</c>, <c>expected</c>, <c>tags</c>; also <c>question</c>, <c>turns[]</c>.</summary>
    PromptLines,

    /// <summary>JSON lines with OpenAI chat <c>messages</c>.</summary>
    Messages,

    /// <summary>OpenAI batch lines: <c>custom_id, method, url, body</c>.</summary>
    OpenAiBatch,

    /// <summary>JSON array of <c>conversations[] {from, value}</c>.</summary>
    ShareGpt,

    /// <summary>JSON array of strings.</summary>
    StringArray,

    /// <summary>One prompt a line; lines that begin with <c>#</c> are comments.</summary>
    Text,

    /// <summary>CSV with a header and a column <c>prompt</c>.</summary>
    Csv,
}

/// <summary>One line of the mix. Every combination of the swept lists is drawn with equal chance.</summary>
public sealed record MixEntry
{
    public required PromptSet Prompts { get; init; }
    public required double Weight { get; init; }

    /// <summary>0 to 2 each. Default [0].</summary>
    public IReadOnlyList<double> Temperatures { get; init; } = [0];

    /// <summary>Default [64].</summary>
    public IReadOnlyList<int> MaxTokens { get; init; } = [64];

    /// <summary>Default [true].</summary>
    public IReadOnlyList<bool> Stream { get; init; } = [true];

    /// <summary>Requests that arrive together at one planned instant. Default [1].</summary>
    public IReadOnlyList<int> Batch { get; init; } = [1];

    public PromptRole Role { get; init; } = PromptRole.Traffic;

    /// <summary>How answers with an expected value are graded. Null: JSON fields when the expected value is a JSON object, else exact.</summary>
    public GraderKind? Grader { get; init; }

    /// <summary>Rows of the prompt file may assert more about their own answers.</summary>
    public bool AssertRows { get; init; }

    /// <summary>What must hold of every answer beside being right. Those that compare speak only of prompts with an expected answer.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];
}

/// <summary>Canaries have known answers and are never chosen as a victim of a fault.</summary>
public enum PromptRole
{
    Traffic,
    Canary,
}

public enum GraderKind
{
    None,
    Exact,
    Contains,
    JsonFields,
}
