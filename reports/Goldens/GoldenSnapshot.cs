namespace ChaosBench.Reports.Goldens;

/// <summary>What <c>snapshot.json</c> holds: who answered, who embedded, and what the baseline's own repeats are like.</summary>
public sealed record GoldenSnapshot
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required DateTimeOffset RecordedUtc { get; init; }
    public required string Scenario { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>The target as its run manifest would name it: model hash, runtime, device.</summary>
    public required IReadOnlyDictionary<string, string> Generator { get; init; }

    public required EmbedderIdentity Embedder { get; init; }

    /// <summary>Sentences whose vectors are stored beside the answers: embedded again at load, they tell a changed embedder from a changed model.</summary>
    public required IReadOnlyList<string> Canaries { get; init; }

    public required PolarityTest Polarity { get; init; }

    /// <summary>A new answer of the same law is below its cohort's threshold with this chance at most.</summary>
    public required double Alpha { get; init; }

    public required IReadOnlyList<GoldenCohort> Cohorts { get; init; }

    /// <summary>Lower-case hex SHA-256 of the files beside this one.</summary>
    public required string ManifestSha256 { get; init; }
    public required string VectorsSha256 { get; init; }
}

/// <summary>Everything that two embeddings must have in common to be compared.</summary>
/// <param name="Kind"><c>model</c> (a folder), <c>target</c> (the endpoint's own), <c>hashed</c>.</param>
/// <param name="Place">Folder relative to the snapshot's, or model name; empty for <c>hashed</c>.</param>
/// <param name="ModelSha256">Null where the endpoint does not tell.</param>
public sealed record EmbedderIdentity(
    string Kind, string Place, int Dimension, string? ModelSha256 = null, string? TokenizerSha256 = null, string? Pooling = null)
{
    /// <summary>One line: what it is, and what it is not.</summary>
    public required string Note { get; init; }
}

/// <summary>Answers of one cohort, and the similarity below which an answer counts as different.</summary>
/// <param name="Threshold">Null when there are too few repeats for one; <see cref="Lack"/> says so.</param>
public sealed record GoldenCohort(double Temperature, int Batch, int Cases, int Answers, double? Threshold, string? Lack)
{
    /// <summary>Of the baseline's repeats with each other.</summary>
    public double? MeanSelf { get; init; }
    public double? LeastSelf { get; init; }

    public string Label => FormattableString.Invariant($"temperature {Temperature}, batch {Batch}");

    public bool Is(double temperature, int batch) => Temperature.Equals(temperature) && Batch == batch;
}

/// <summary>How blind the embedder is to meaning: whether a reversal looks less alike than a paraphrase.</summary>
/// <param name="Auc">Chance that a paraphrase is more alike than a reversal; 0.5 is blind.</param>
/// <param name="Paraphrase">Mean cosine with the same said otherwise.</param>
/// <param name="Reversal">Mean cosine with the opposite.</param>
public sealed record PolarityTest(double Auc, double Paraphrase, double Reversal, int Triples)
{
    public string Words => FormattableString.Invariant(
        $"tells a paraphrase from a reversal in {Auc * 100:0} % of {Triples * Triples} pairs (mean cosine {Paraphrase:0.00} and {Reversal:0.00})")
        + (Auc < 0.7 ? ": it does not see meaning, so a high similarity is no proof of a right answer" : "");
}

/// <summary>One line of <c>manifest.jsonl</c>: one answer.</summary>
public sealed record GoldenRow
{
    /// <summary>Prompt set and prompt, <c>tickets/t0001</c>.</summary>
    public required string Case { get; init; }
    public required int Repeat { get; init; }

    /// <summary>In the matrix <c>answers</c>; null when the answer has no vector (empty, or too long for the embedder).</summary>
    public int? Row { get; init; }

    public required double Temperature { get; init; }
    public required int Batch { get; init; }

    /// <summary>Prompts made from one template are one cluster: their answers move together.</summary>
    public required string Template { get; init; }

    public required string PromptSha256 { get; init; }
    public string? OutputSha256 { get; init; }

    /// <summary>Only where the operator asked for texts to be kept.</summary>
    public string? Text { get; init; }
    public int? Tokens { get; init; }
    public string? FinishReason { get; init; }
}

/// <summary>A snapshot in memory.</summary>
/// <param name="Vectors">One for each row of the manifest that has one.</param>
/// <param name="CanaryVectors">One for each canary.</param>
public sealed record Golden(
    GoldenSnapshot Snapshot, IReadOnlyList<GoldenRow> Rows, IReadOnlyList<float[]> Vectors, IReadOnlyList<float[]> CanaryVectors)
{
    public IEnumerable<GoldenRow> Embedded(GoldenCohort cohort) =>
        Rows.Where(row => row.Row is not null && cohort.Is(row.Temperature, row.Batch));
}
