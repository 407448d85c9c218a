using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Searching;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Mutators;
using ChaosBench.Tests.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Searching;

/// <summary>Targets with a planted weakness: the search must find it, make it small, and not make one up.</summary>
public sealed class WorstCaseSearchTests
{
    private const string Right = "{\"intent\":\"billing\"}";
    private const string Wrong = "{\"intent\":\"refund\"}";

    private readonly FakeTime _time = new();
    private int _asked;

    [Fact]
    public async Task RunAsync_FailsOnOneLookAlike_FindsItAndKeepsThatCharacterAlone()
    {
        var result = await Search(SearchGoal.Quality, text => text.Contains('а', StringComparison.Ordinal) ? Wrong : Right);

        // Found on several prompts, which all come down to the same.
        var find = Assert.Single(result.Finds);
        Assert.Equal("homoglyph", Assert.Single(find.Minimal.Specimen.Steps).Mutator);
        Assert.Equal((1, "a", "а", true), (find.Minimal.Edits, find.Minimal.Clean, find.Minimal.Worst, find.Minimal.IsMinimal));
        Assert.True(find.Effect.Shows);
        Assert.Equal((1.0, 0.0, "newcombe"), (find.Effect.Clean, find.Effect.Worst, find.Effect.Method));
        Assert.InRange(find.Effect.High!.Value, -1, -0.6);
    }

    [Fact]
    public async Task RunAsync_NeedsTheRestToBeRight_LeavesWhatTheCleanTwinNeeds()
    {
        // Without the word the clean prompt is answered wrong too: then nothing is shown by it.
        var result = await SearchBy(
            SearchGoal.Quality, arrival => Text(arrival).EnumerateRunes().Any(IsInvisible) || !Text(arrival).Contains("invoice", StringComparison.Ordinal) ? Wrong : Right,
            mutators: [TextMutators.Find("zero-width")!]);

        Assert.NotEmpty(result.Finds);
        Assert.All(result.Finds, find =>
        {
            Assert.Equal((1, true), (find.Minimal.Edits, find.Minimal.IsMinimal));
            Assert.Equal("invoice", find.Minimal.Clean.Trim());
            Assert.Equal(1, find.Minimal.Worst.EnumerateRunes().Count(IsInvisible));
        });
    }

    [Fact]
    public async Task RunAsync_CleanTwinIsNeverWrong_KeepsAWordOfIt()
    {
        var result = await SearchBy(SearchGoal.Quality, arrival => Text(arrival).EnumerateRunes().Any(IsInvisible) ? Wrong : Right, mutators: [TextMutators.Find("zero-width")!]);

        Assert.NotEmpty(result.Finds);
        Assert.All(result.Finds, find => Assert.False(string.IsNullOrWhiteSpace(find.Minimal.Clean)));
    }

    [Fact]
    public async Task RunAsync_SlowOnRepeatedWords_FindsAndShortensIt()
    {
        var result = await Search(SearchGoal.Latency, _ => Right, text => TimeSpan.FromMilliseconds(10 + Longest(text)));

        var find = result.Finds[0];
        Assert.Contains(find.Minimal.Specimen.Steps, step => step.Mutator == "repetition");
        Assert.Equal("signs", find.Effect.Method);
        Assert.True(find.Effect.Shows);
        Assert.True(find.Effect.Change >= Math.Sqrt(find.Before.Change!.Value) - 0.01);
        Assert.True(find.Minimal.Worst.Length < find.Minimal.Specimen.Text.Length / 2);
    }

    [Fact]
    public async Task RunAsync_NeverAnswers_IsAFindWithoutAMean()
    {
        var result = await Search(
            SearchGoal.Latency, text => text.Contains('\u202E', StringComparison.Ordinal) ? null : Right, _ => TimeSpan.FromMilliseconds(10));

        var find = result.Finds[0];
        Assert.Equal((null, null, true), (find.Effect.Worst, find.Effect.Change, find.Effect.Shows));
        Assert.Contains("never came", find.Effect.Words(SearchGoal.Latency), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AnswersOnlyNoisy_ConfirmsNothing()
    {
        // Wrong at random, in one of four answers, whatever is asked: among hundreds some texts look bad.
        var result = await SearchBy(
            SearchGoal.Quality, arrival => KeyedHash.Coin(7, "noise", $"{Text(arrival)} {arrival.Sampling.Seed}", 0.25) ? Wrong : Right, temperature: 0.7);

        Assert.Empty(result.Finds);
        Assert.NotEmpty(result.Unconfirmed);
    }

    [Fact]
    public async Task RunAsync_HealthyTarget_FindsNothingWithinItsBudget()
    {
        var result = await Search(SearchGoal.Quality, _ => Right);

        Assert.Empty(result.Finds);
        Assert.Empty(result.Unconfirmed);
        Assert.InRange(_asked, 100, 1_200);
    }

    [Fact]
    public async Task RunAsync_SameSeedAndAnswers_SameFinds()
    {
        string? Answer(string text) => text.Contains('о', StringComparison.Ordinal) || text.Contains("  ", StringComparison.Ordinal) ? Wrong : Right;

        var (one, two) = (await Search(SearchGoal.Quality, Answer), await Search(SearchGoal.Quality, Answer));

        Assert.NotEmpty(one.Finds);
        Assert.Equal(one.Finds.Select(find => find.Minimal.Worst), two.Finds.Select(find => find.Minimal.Worst));
        Assert.Equal(one.Requests, two.Requests);
    }

    [Fact]
    public async Task RunAsync_CancelledInTheMiddle_NamesWhatLookedBad()
    {
        using var stop = new CancellationTokenSource();

        var result = await SearchBy(
            SearchGoal.Quality,
            arrival =>
            {
                if (_asked == 120)
                {
                    stop.Cancel();
                }

                return Text(arrival).Contains('\u200B', StringComparison.Ordinal) ? Wrong : Right;
            },
            cancellation: stop.Token);

        Assert.True(result.IsCancelled);
        Assert.Contains(result.Unconfirmed, specimen => specimen.Kind.Contains("zero-width", StringComparison.Ordinal)
            || result.Finds.Count > 0);
    }

    [Fact]
    public async Task RunAsync_CleanPromptsAnsweredWrong_AreLeftOut()
    {
        var result = await Search(SearchGoal.Quality, _ => Wrong);

        Assert.Equal((0, 8), (result.Parents, result.LeftOut.Count));
    }

    private static string Text(Arrival arrival) => TextMutators.TextOf(arrival.Prompt.Messages);

    private static bool IsInvisible(System.Text.Rune rune) => System.Text.Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format;

    private static int Longest(string text)
    {
        var (most, run, before) = (0, 0, "");
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            (run, before) = (word == before ? run + 1 : 1, word);
            most = Math.Max(most, run);
        }

        return most;
    }

    private Task<SearchResult> Search(SearchGoal goal, Func<string, string?> answer, Func<string, TimeSpan>? takes = null) =>
        SearchBy(goal, arrival => answer(Text(arrival)), takes);

    /// <param name="answer">Null: it fails.</param>
    private async Task<SearchResult> SearchBy(
        SearchGoal goal, Func<Arrival, string?> answer, Func<string, TimeSpan>? takes = null, double temperature = 0,
        IReadOnlyList<Mutator>? mutators = null, CancellationToken cancellation = default)
    {
        _asked = 0;
        var plan = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("tickets")) with { Temperatures = [temperature] }));
        var settings = new SearchSettings(plan, goal) { Mutators = mutators is not null ? mutators : goal == SearchGoal.Quality ? TextMutators.LookingAlike : TextMutators.All };
        return await new WorstCaseSearch(settings, Ask, _ => { }, _time).RunAsync(cancellation);

        Task<Response> Ask(Arrival arrival, CancellationToken stop)
        {
            _asked++;
            var text = answer(arrival);
            stop.ThrowIfCancellationRequested();
            _time.Advance(takes?.Invoke(Text(arrival)) ?? TimeSpan.FromMilliseconds(1));
            return Task.FromResult(text is null
                ? new Response { Outcome = Outcome.Failed, Status = 500 }
                : new Response { Outcome = Outcome.Completed, Text = text, FinishReason = "stop" });
        }
    }
}
