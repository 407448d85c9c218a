using System.Text;
using ChaosBench.Server.Sampling;
using ChaosBench.Server.Tokenization;

namespace ChaosBench.Server.Scheduling;

/// <summary>One request in a replica, from acceptance to its result. Touched by the replica's thread only, except for the result task.</summary>
internal sealed class Generation
{
    private readonly TaskCompletionSource<GenerationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IGenerationSink _sink;
    private readonly TextDecoder _decoder;
    private readonly StopStrings _stops;
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogProb> _logProbs = [];
    private TokenLogProb? _explained;
    private readonly Tokenizer _tokenizer;
    private readonly Action _ended;
    private readonly int _replica;

    public Generation(GenerationRequest request, int[] prompt, IGenerationSink sink, GenerationContext context)
    {
        Request = request;
        Prompt = prompt;
        _sink = sink;
        _tokenizer = context.Tokenizer;
        _decoder = _tokenizer.CreateDecoder();
        _stops = new StopStrings(request.Stop);
        _ended = context.Ended;
        _replica = context.Replica;
        Cancellation = context.Cancellation;
        // The last answer token needs no position of its own, but other servers count it; so do we.
        MaxTokens = Math.Min(request.MaxTokens, context.Positions - prompt.Length);
    }

    public GenerationRequest Request { get; }

    public int[] Prompt { get; }

    /// <summary>What all its logits become; null: they are the model's.</summary>
    public float? LogitsDamage { get; init; }

    public CancellationToken Cancellation { get; }

    public Task<GenerationResult> Result => _result.Task;

    /// <summary>Made when a slot is free, because its state belongs to the replica's thread.</summary>
    public Sampler? Sampler { get; set; }

    /// <summary>Positions used in the cache.</summary>
    public int Length { get; set; }

    /// <summary>Positions that came from an earlier prompt's beginning and were not computed for this one.</summary>
    public int Reused { get; set; }

    /// <summary>Sampled, and not yet in the cache.</summary>
    public int NextToken { get; private set; }

    public int Tokens { get; private set; }

    public bool PromptDone => Length >= Prompt.Length;

    private int MaxTokens { get; }

    /// <summary>Takes a sampled token; true when the answer is complete (and the result set).</summary>
    public bool Accept(int token, bool isEnd)
    {
        if (token == Sampler.NonFinite)
        {
            End(GenerationStatus.Failed, "the model computed non-finite logits; its weights or its cache are damaged", "non_finite_logits");
            return true;
        }

        if (isEnd)
        {
            Send(0, _stops.Append(_decoder.Finish()) + _stops.Finish());
            Complete("stop");
            return true;
        }

        NextToken = token;
        Tokens++;
        var text = _stops.Append(_decoder.Append(token));
        var last = !_stops.Met && Tokens >= MaxTokens;
        if (last)
        {
            text += _stops.Append(_decoder.Finish()) + _stops.Finish();
        }

        Send(1, text);
        if (_stops.Met || last)
        {
            Complete(_stops.Met ? "stop" : "length");
        }

        return _result.Task.IsCompleted;
    }

    /// <summary>Keeps how likely a sampled token was, which leaves with the token; called before it is accepted.</summary>
    public void Explain(int token, ReadOnlySpan<float> logits, SamplerScratch scratch)
    {
        var normalizer = LogProbs.Normalizer(logits, scratch.Weights.AsSpan(0, logits.Length));
        var likeliest = LogProbs.Top(logits, Request.TopLogProbs ?? 0);
        var top = new TokenLogProb[likeliest.Length];
        for (var at = 0; at < top.Length; at++)
        {
            top[at] = Measured(likeliest[at], logits, normalizer, []);
        }

        _explained = Measured(token, logits, normalizer, top);
        _logProbs.Add(_explained);
    }

    public void End(GenerationStatus status, string error, string? code = null) =>
        Set(new GenerationResult { Status = status, Error = error, ErrorCode = code });

    private void Complete(string reason) => Set(new GenerationResult { Status = GenerationStatus.Completed, FinishReason = reason });

    private void Set(GenerationResult result)
    {
        var whole = result with
        {
            PromptTokens = Prompt.Length,
            ReusedPromptTokens = Reused,
            CompletionTokens = Tokens,
            Replica = _replica,
            Text = _text.ToString(),
            LogProbs = _logProbs,
        };
        if (!_result.Task.IsCompleted)
        {
            _ended();
            _result.SetResult(whole);
        }
    }

    private void Send(int count, string text)
    {
        if (count == 0 && text.Length == 0)
        {
            return;
        }

        _text.Append(text);
        try
        {
            if (_explained is { } logProb)
            {
                _explained = null;
                _sink.LogProb(logProb);
            }

            _sink.Tokens(count, text);
        }
        catch (Exception e)
        {
            // A sink is foreign code on our thread: its failure ends its own request and nobody else's.
            End(GenerationStatus.Failed, $"the receiver of the tokens failed ({e.GetType().Name})");
        }
    }

    private TokenLogProb Measured(int token, ReadOnlySpan<float> logits, (float, double) normalizer, IReadOnlyList<TokenLogProb> top) =>
        new(token, _tokenizer.BytesOf(token).ToArray(), LogProbs.Of(logits[token], normalizer), top);
}

/// <summary>What a generation needs of its replica.</summary>
internal sealed record GenerationContext(int Replica, Tokenizer Tokenizer, int Positions, Action Ended, CancellationToken Cancellation);
