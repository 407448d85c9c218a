using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Goldens.Embedders;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Reports.Statistics.Texts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// Asks the models of a scenario one prompt, damaged as the sliders say, and holds the answers side by side. A page that asks again gives
/// up its last question, and with it the work; two are answered at once, others wait.
/// </summary>
internal sealed class TryDesk(TryModels models, TimeProvider time) : IDisposable
{
    private const int MostShown = 20_000;

    /// <summary>Characters of each text that an edit distance is counted for: its time goes with their product.</summary>
    private const int MostCompared = 4_000;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _asking = new(2);
    private readonly string? _likeness = new HashedEmbedder().Identity.Note?.Split(';')[0];

    /// <summary>What the page can choose from.</summary>
    public object About => new
    {
        scenario = Printable.Line(models.Scenario.Name, 120),
        candidate = Named(models.Scenario.Candidate),
        baseline = models.Baseline is null ? null : Named(models.Scenario.Baseline!),
        noises = TryAsk.Noises.Select(name => new { name, what = InputFaults.Catalogue.First(kind => kind.Name == name).Summary }),
        samples = models.Samples.Select(sample => new { name = Printable.Line(sample.Prompt.Id, 80), prompt = TryModels.Asked(sample), expected = sample.Prompt.Expected }),
        temperature = models.Scenario.Mix[0].Temperatures[0],
        maxTokens = Math.Min(TryAsk.MostTokens, models.Scenario.Mix[0].MaxTokens[0]),
        mostTokens = TryAsk.MostTokens,
        mostChars = TryAsk.MostChars,
        seed = (uint)models.Seed,
        likeness = _likeness,
    };

    public async Task AnswerAsync(HttpContext context)
    {
        if (await UiReply.BodyAsync<TryAsk>(context).ConfigureAwait(false) is not { } ask)
        {
            return;
        }

        if (ask.Problem() is { } problem)
        {
            await UiReply.RefuseAsync(context, 400, problem).ConfigureAwait(false);
            return;
        }

        if (!await _asking.WaitAsync(Wait, context.RequestAborted).ConfigureAwait(false))
        {
            await UiReply.RefuseAsync(context, 503, "two questions are being answered already; ask again").ConfigureAwait(false);
            return;
        }

        try
        {
            await UiReply.JsonAsync(context, await AnswerAsync(ask, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>Both models at once: they meet the same moment of the machine.</summary>
    internal async Task<TryAnswers> AnswerAsync(TryAsk ask, CancellationToken cancellation)
    {
        var arrival = models.Arrival(ask);
        var asked = InputFaults.Apply(ask.Faults(), ask.Seed, arrival, 0);
        var candidate = AskAsync(models.Candidate, models.Scenario.Candidate, asked, cancellation);
        var baseline = models.Baseline is { } other ? AskAsync(other, models.Scenario.Baseline!, asked with { Role = TargetRole.Baseline }, cancellation) : null;
        var (one, two) = (await candidate.ConfigureAwait(false), baseline is null ? null : await baseline.ConfigureAwait(false));
        cancellation.ThrowIfCancellationRequested();
        return new TryAnswers(
            TryModels.Asked(asked), asked.InputFaults.Count > 0, one, two, two is null ? null : Alike(one.Text, two.Text),
            TrySnippet.Of(models, ask, asked));
    }

    private async Task<TryAnswer> AskAsync(ITarget target, Target settings, Arrival arrival, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(settings.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var ear = new Ear(time);
        var from = time.GetTimestamp();
        var response = await target.SendAsync(arrival, ear, both.Token).ConfigureAwait(false);
        var seconds = time.GetElapsedTime(from).TotalSeconds;
        var outcome = response.Outcome == Outcome.Cancelled && limit.IsCancellationRequested ? Outcome.TimedOut : response.Outcome;
        var text = response.Text ?? "";
        return new TryAnswer(
            Printable.Line(settings.Name, 120), outcome, text.Length > MostShown ? text[..MostShown] : text, text.Length, seconds,
            ear.First is { } first ? time.GetElapsedTime(from, first).TotalSeconds : null,
            response.OutputTokens, response.Reason is { } reason && outcome != Outcome.Completed ? Printable.Line(reason, 400) : null);
    }

    private static TryLikeness Alike(string one, string two) => new(
        one == two,
        one.Length <= MostCompared && two.Length <= MostCompared && Levenshtein.Similarity(one, two) is { IsKnown: true } edits ? edits.Value : null,
        HashedEmbedder.Vector(one) is { } a && HashedEmbedder.Vector(two) is { } b && Cosine.Similarity(a, b) is { IsKnown: true } cosine
            ? Math.Max(0, cosine.Value) : null);

    private static object Named(Target target) => new
    {
        name = Printable.Line(target.Name, 120),
        what = Printable.Line(target switch { Target.Onnx onnx => onnx.Model, Target.OpenAi remote => remote.Url.Template, _ => "" }, 200),
    };

    /// <summary>Hears when the first token came.</summary>
    private sealed class Ear(TimeProvider time) : IResponseSink
    {
        public long? First { get; private set; }

        public void Sent()
        {
        }

        public void Tokens(int tokens) => First ??= time.GetTimestamp();
    }
}

/// <param name="Prompt">As it was sent.</param>
/// <param name="Likeness">Null: one model alone.</param>
internal sealed record TryAnswers(string Prompt, bool Changed, TryAnswer Candidate, TryAnswer? Baseline, TryLikeness? Likeness, TrySnippet Snippet);

/// <param name="Chars">Of the whole text, of which the first are here.</param>
/// <param name="Seconds">From the send to the end.</param>
/// <param name="Ttft">From the send to the first token.</param>
internal sealed record TryAnswer(string Name, Outcome Outcome, string Text, int Chars, double Seconds, double? Ttft, int? Tokens, string? Reason);

/// <summary>How alike two answers are, 0 to 1 each. Null: too long, or nothing to compare.</summary>
/// <param name="Characters">1 - edits over the longer length (Levenshtein).</param>
/// <param name="Spelling">Cosine of hashed words and character n-grams.</param>
internal sealed record TryLikeness(bool Same, double? Characters, double? Spelling);
