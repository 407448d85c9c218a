using System.Collections.Concurrent;
using Polly;

namespace ChaosBench.Chaos;

/// <summary>
/// The strategy around a lookup that changes what it answers. Unlike Polly's own, which answers instead of asking, it also sees the real
/// answers: that is where stale ones come from.
/// </summary>
/// <param name="answer">A record of the dependency from JSON text.</param>
internal sealed class AnswerStrategy<T>(DependencyChaos chaos, Func<string, T> answer) : ResilienceStrategy<T>
{
    /// <summary>Keys whose first answer is kept, of the run.</summary>
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<string, T> _first = new(StringComparer.Ordinal);

    protected override async ValueTask<Outcome<T>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state)
    {
        if (chaos.Poison(context) is { } poison)
        {
            return Outcome.FromResult(answer(poison));
        }

        var record = context.Properties.GetValue(DependencyChaos.RecordKey, "");
        var kept = _first.TryGetValue(record, out var first);
        if (chaos.Stales(context, kept))
        {
            return Outcome.FromResult(first!);
        }

        var outcome = await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        if (chaos.KeepsAnswers && outcome.Exception is null && !kept && record.Length > 0 && _first.Count < MostKept)
        {
            _first.TryAdd(record, outcome.Result!);
        }

        return outcome;
    }
}

/// <summary>Only a name.</summary>
internal sealed class AnswerStrategyOptions : ResilienceStrategyOptions;
