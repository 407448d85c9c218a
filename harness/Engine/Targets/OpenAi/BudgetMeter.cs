using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Counts what a run has spent. Requests are exact; tokens and money are known only after an answer, so what is in flight when a
/// ceiling is reached goes beyond it.
/// </summary>
internal sealed class BudgetMeter(Budget budget)
{
    private readonly bool _isLimited = budget.Requests is not null || budget.Tokens is not null || budget.Cost is not null;

    // Guards the three sums.
    private readonly Lock _lock = new();
    private long _requests;
    private long _inputTokens;
    private long _outputTokens;

    /// <summary>Takes one request out of the budget; else says which ceiling was reached.</summary>
    public string? TryTake()
    {
        if (!_isLimited)
        {
            return null;
        }

        lock (_lock)
        {
            var tokens = _inputTokens + _outputTokens;
            var cost = ((_inputTokens * budget.InputPrice) + (_outputTokens * budget.OutputPrice)) / 1_000_000;
            if (budget.Requests is { } requests && _requests >= requests)
            {
                return FormattableString.Invariant($"budget: {requests} requests are sent");
            }

            if (budget.Tokens is { } limit && tokens >= limit)
            {
                return FormattableString.Invariant($"budget: {tokens} of {limit} tokens are spent");
            }

            if (budget.Cost is { } money && cost >= money)
            {
                return FormattableString.Invariant($"budget: {cost:0.######} of {money:0.######} is spent");
            }

            _requests++;
            return null;
        }
    }

    /// <summary>Where the endpoint does not say, input counts a token for four bytes of the body.</summary>
    public void Spend(int? inputTokens, int outputTokens, int bodyBytes)
    {
        if (!_isLimited)
        {
            return;
        }

        lock (_lock)
        {
            _inputTokens += inputTokens ?? ((bodyBytes + 3) / 4);
            _outputTokens += outputTokens;
        }
    }
}
