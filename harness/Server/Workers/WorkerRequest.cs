using System.Text;
using ChaosBench.Server.Routing;

namespace ChaosBench.Server.Workers;

/// <summary>One request on a worker, as its server sees it. Ends once, whoever ends it; nothing reaches the sink afterwards.</summary>
internal sealed class WorkerRequest(GenerationRequest request, int promptTokens, int replica, IGenerationSink sink)
{
    private readonly TaskCompletionSource<GenerationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the rest: tokens come from the reader's thread, ends also from cancellation and from the heartbeat.
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogProb> _logProbs = [];
    private int _tokens;
    private bool _ended;

    public Task<GenerationResult> Result => _result.Task;

    /// <summary>The caller may have seen some of the answer, so that it cannot start anew elsewhere.</summary>
    public bool HasStreamed
    {
        get
        {
            lock (_lock)
            {
                return request.Stream && _tokens > 0;
            }
        }
    }

    /// <summary>False when the receiver failed; the request has then ended.</summary>
    public bool Tokens(int count, string text)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return true;
            }

            _text.Append(text);
            _tokens += count;
            try
            {
                sink.Tokens(count, text);
                return true;
            }
            catch (Exception e)
            {
                return Fail(e);
            }
        }
    }

    /// <summary>Of the token that comes next. False when the receiver failed; the request has then ended.</summary>
    public bool LogProb(TokenLogProb logProb)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return true;
            }

            _logProbs.Add(logProb);
            try
            {
                sink.LogProb(logProb);
                return true;
            }
            catch (Exception e)
            {
                return Fail(e);
            }
        }
    }

    public void End(GenerationResult result)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _ended = true;
                _result.SetResult(result with
                {
                    PromptTokens = promptTokens, CompletionTokens = _tokens, Text = _text.ToString(), Replica = replica,
                    LogProbs = _logProbs,
                });
            }
        }
    }

    public void Cancel() => End(Results.Cancelled);

    public void End(GenerationStatus status, string error, string? code = null) =>
        End(new GenerationResult { Status = status, Error = error, ErrorCode = code });

    /// <summary>A sink is foreign code on the reader's thread: its failure ends its own request and nobody else's.</summary>
    private bool Fail(Exception cause)
    {
        End(GenerationStatus.Failed, $"the receiver of the tokens failed ({cause.GetType().Name})");
        return false;
    }
}
