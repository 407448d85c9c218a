using System.Security.Cryptography;
using System.Text;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Goldens.Embedders;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Goldens;

/// <summary>Asks every case several times in every cohort, and embeds what comes back.</summary>
internal sealed class AnswerCollector(AskedTarget target, IEmbedder embedder, ulong seed, Action<string> tell)
{
    /// <summary>Longer answers have no vector: no golden is that long.</summary>
    private const int MostChars = 64 << 10;

    /// <param name="Name">Prompt set and prompt.</param>
    public sealed record Case(string Name, Arrival Sample)
    {
        public string PromptSha256 { get; } = PromptHash.Sha256(Sample.Prompt);

        /// <summary>The prompt's tag <c>template</c>, else its <c>intent</c>, else the case by itself.</summary>
        public string Template => Sample.Cohort.Tags.TryGetValue("template", out var template) ? template
            : Sample.Cohort.Tags.TryGetValue("intent", out var intent) ? intent : Name;
    }

    /// <param name="Failed">Answers that did not come, of <paramref name="Asked"/>.</param>
    public sealed record Collected(IReadOnlyList<GoldenRow> Rows, IReadOnlyList<float[]> Vectors, int Asked, int Failed, string? WhyFailed);

    /// <summary>Distinct prompts of the plan that no fault has damaged, in the order of the plan.</summary>
    public static IReadOnlyList<Case> CasesOf(Plan plan, int most) => [.. plan.Arrivals
        .Where(arrival => arrival.InputFaults.Count == 0 && arrival.Prompt.RawBody is null)
        .DistinctBy(NameOf).Take(most).Select(arrival => new Case(NameOf(arrival), arrival))];

    /// <summary>Temperatures and batch sizes of the plan.</summary>
    public static IReadOnlyList<(double Temperature, int Batch)> CohortsOf(Plan plan) =>
        [.. plan.Arrivals.Select(arrival => (arrival.Cohort.Temperature, arrival.Cohort.Batch)).Distinct().Order()];

    public static string NameOf(Arrival arrival) => $"{arrival.Cohort.Prompts}/{arrival.Prompt.Id}";

    /// <param name="keepText">Whether answers themselves go into the manifest.</param>
    public async Task<Collected> CollectAsync(
        IReadOnlyList<Case> cases, IReadOnlyList<(double Temperature, int Batch)> cohorts, int repeats, bool keepText, CancellationToken cancellation)
    {
        var answers = new List<(GoldenRow Row, string? Text)>();
        string? why = null;
        foreach (var (temperature, batch) in cohorts)
        {
            var work = Enumerable.Range(0, repeats).SelectMany(repeat => cases.Select(asked => (asked, repeat))).ToList();
            foreach (var together in work.Chunk(batch))
            {
                var came = await Task.WhenAll(together.Select(one => target.AskAsync(Arrival(one.asked, temperature, batch, one.repeat), cancellation))).ConfigureAwait(false);
                foreach (var ((asked, repeat), response) in together.Zip(came))
                {
                    var text = response is { Outcome: Outcome.Completed, Text: { Length: > 0 and <= MostChars } known } ? known : null;
                    why ??= response.Outcome == Outcome.Completed ? null : $"{response.Outcome}: {response.Reason}";
                    answers.Add((Row(asked, temperature, batch, repeat, response, text, keepText), text));
                }
            }

            tell(FormattableString.Invariant($"temperature {temperature}, batch {batch}: {cases.Count} cases asked {repeats} times"));
        }

        return await EmbedAsync(answers, why, cancellation).ConfigureAwait(false);
    }

    private async Task<Collected> EmbedAsync(List<(GoldenRow Row, string? Text)> answers, string? why, CancellationToken cancellation)
    {
        var texts = answers.Select(answer => answer.Text).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var made = await embedder.EmbedAsync(texts, cancellation).ConfigureAwait(false);
        var known = texts.Zip(made).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        var (rows, vectors) = (new List<GoldenRow>(), new List<float[]>());
        foreach (var (row, text) in answers)
        {
            var vector = text is null ? null : known[text];
            rows.Add(row with { Row = vector is null ? null : vectors.Count });
            if (vector is not null)
            {
                vectors.Add(vector);
            }
        }

        return new Collected(rows, vectors, rows.Count, answers.Count(answer => answer.Text is null), why);
    }

    private Arrival Arrival(Case asked, double temperature, int batch, int repeat) => asked.Sample with
    {
        Role = TargetRole.Candidate,
        Sampling = asked.Sample.Sampling with
        {
            Temperature = temperature,
            Seed = (long)(KeyedHash.Hash64(seed, "golden", FormattableString.Invariant($"{asked.Name} {temperature:R} {batch} {repeat}")) >> 33),
        },
    };

    private static GoldenRow Row(Case asked, double temperature, int batch, int repeat, Response response, string? text, bool keepText) => new()
    {
        Case = asked.Name,
        Repeat = repeat,
        Temperature = temperature,
        Batch = batch,
        Template = asked.Template,
        PromptSha256 = asked.PromptSha256,
        OutputSha256 = text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        Text = keepText ? text : null,
        Tokens = response.OutputTokens,
        FinishReason = response.FinishReason,
    };
}
