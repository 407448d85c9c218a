using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Retry;
using Polly.Timeout;

namespace ChaosBench.Server.Dependencies;

/// <summary>
/// Calls to one dependency, behind one Polly pipeline. Its failure is a value, never an exception; only the caller's own
/// cancellation is thrown.
/// <code>
/// request > fallback (optional) > timeout > one retry (optional) > breaker (optional) > innermost: chaos strategies > the dependency
/// </code>
/// </summary>
public sealed class DependencyPipeline<T>
{
    private readonly string _name;
    private readonly ResiliencePipeline<T> _pipeline;
    private readonly Action<ServerEvent> _announce;
    private readonly CircuitBreakerStateProvider? _breaker;
    private long _answered;
    private long _fellBack;
    private long _failed;

    /// <param name="time">Clock of timeouts, of the breaker and of injected latencies.</param>
    /// <param name="announce">Told of every timeout, error and fallback, and of what the breaker does.</param>
    public DependencyPipeline(DependencyOptions<T> options, TimeProvider time, Action<ServerEvent> announce)
    {
        options.Validate();
        _name = options.Name;
        _announce = announce;
        _breaker = options.Breaker is null ? null : new CircuitBreakerStateProvider();
        var builder = new ResiliencePipelineBuilder<T> { Name = options.Name, TimeProvider = time };
        if (options.Fallback is { } fallback)
        {
            builder.AddFallback(FallbackTo(fallback));
        }

        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout });
        if (options.RetryOnce is { } worthIt)
        {
            builder.AddRetry(RetryOnce(worthIt));
        }

        if (options.Breaker is { } breaker)
        {
            builder.AddCircuitBreaker(Breaker(breaker));
        }

        options.Innermost?.Invoke(builder);
        _pipeline = builder.Build();
    }

    /// <summary>What became of the calls so far.</summary>
    public DependencyFacts Facts => new(
        _name, Interlocked.Read(ref _answered), Interlocked.Read(ref _fellBack), Interlocked.Read(ref _failed),
        _breaker is null ? null : _breaker.CircuitState is CircuitState.Open or CircuitState.Isolated);

    /// <summary>Calls <paramref name="dependency"/> for one request.</summary>
    /// <param name="faultKey">See <see cref="GenerationRequest.FaultKey"/>; null: the request id.</param>
    /// <param name="record">What is asked for, for strategies that act by record.</param>
    public async ValueTask<DependencyReply<T>> CallAsync(
        string requestId, Func<CancellationToken, ValueTask<T>> dependency, CancellationToken cancellation, string? faultKey = null,
        string record = "")
    {
        var context = ResilienceContextPool.Shared.Get(_name, cancellation);
        context.Properties.Set(DependencyKeys.RequestId, requestId);
        context.Properties.Set(DependencyKeys.FaultKey, faultKey ?? requestId);
        context.Properties.Set(DependencyKeys.DependencyName, _name);
        context.Properties.Set(DependencyKeys.Record, record);
        context.Properties.Set(DependencyKeys.Caller, cancellation);
        try
        {
            var value = await _pipeline.ExecuteAsync(
                static (inner, call) => call(inner.CancellationToken), context, dependency).ConfigureAwait(false);
            if (context.Properties.TryGetValue(DependencyKeys.FellBack, out var reason))
            {
                Interlocked.Increment(ref _fellBack);
                return new DependencyReply<T>(DependencyStatus.FellBack, value, reason);
            }

            Interlocked.Increment(ref _answered);
            return new DependencyReply<T>(DependencyStatus.Answered, value, null);
        }
        catch (Exception failure) when (IsOfDependency(failure, cancellation))
        {
            // The one place that turns a dependency's failure into a value when there is no fallback to do it.
            Interlocked.Increment(ref _failed);
            Announce(failure, requestId);
            return new DependencyReply<T>(DependencyStatus.Failed, default, Describe(failure));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private FallbackStrategyOptions<T> FallbackTo(Func<T> fallback) => new()
    {
        ShouldHandle = arguments => ValueTask.FromResult(IsOfDependency(arguments.Outcome, arguments.Context)),
        FallbackAction = _ => Outcome.FromResultAsValueTask(fallback()),
        OnFallback = arguments =>
        {
            var failure = arguments.Outcome.Exception!;
            var requestId = RequestOf(arguments.Context);
            Announce(failure, requestId);
            _announce(new ServerEvent(ServerEventKind.DependencyFallback, RequestId: requestId, Detail: _name));
            arguments.Context.Properties.Set(DependencyKeys.FellBack, Describe(failure));
            return default;
        },
    };

    private static RetryStrategyOptions<T> RetryOnce(Func<Exception, bool> worthIt) => new()
    {
        MaxRetryAttempts = 1,
        Delay = TimeSpan.Zero,
        ShouldHandle = arguments => ValueTask.FromResult(
            IsOfDependency(arguments.Outcome, arguments.Context) && worthIt(arguments.Outcome.Exception!)),
    };

    private CircuitBreakerStrategyOptions<T> Breaker(BreakerOptions options) => new()
    {
        FailureRatio = options.Share,
        MinimumThroughput = options.Calls,
        SamplingDuration = options.Window,
        BreakDuration = options.Pause,
        StateProvider = _breaker,
        // The time-out sits further out and shows here as a cancellation that the caller did not ask for.
        ShouldHandle = arguments => ValueTask.FromResult(IsOfDependency(arguments.Outcome, arguments.Context)),
        OnOpened = arguments => Said(ServerEventKind.DependencyBreakerOpened, arguments.Context),
        OnHalfOpened = arguments => Said(ServerEventKind.DependencyBreakerProbing, arguments.Context),
        OnClosed = arguments => Said(ServerEventKind.DependencyBreakerClosed, arguments.Context),
    };

    private ValueTask Said(string kind, ResilienceContext context)
    {
        _announce(new ServerEvent(kind, RequestId: RequestOf(context), Detail: _name));
        return default;
    }

    /// <summary>A call that the open breaker did not let through is no further failure of the dependency.</summary>
    private void Announce(Exception failure, string requestId)
    {
        if (failure is not BrokenCircuitException)
        {
            _announce(new ServerEvent(
                failure is TimeoutRejectedException ? ServerEventKind.DependencyTimeout : ServerEventKind.DependencyError,
                RequestId: requestId, Detail: Describe(failure)));
        }
    }

    private static string RequestOf(ResilienceContext context) => context.Properties.GetValue(DependencyKeys.RequestId, "");

    private static bool IsOfDependency(Outcome<T> outcome, ResilienceContext context) =>
        outcome.Exception is { } failure && IsOfDependency(failure, context.Properties.GetValue(DependencyKeys.Caller, default));

    /// <summary>False for the caller's own cancellation, which is nobody's failure.</summary>
    private static bool IsOfDependency(Exception failure, CancellationToken caller) =>
        failure is not OperationCanceledException || !caller.IsCancellationRequested;

    /// <summary>Names the kind of failure only: messages of a dependency may quote its data.</summary>
    private string Describe(Exception failure) => failure switch
    {
        TimeoutRejectedException timeout =>
            FormattableString.Invariant($"{_name} did not answer within {timeout.Timeout.TotalMilliseconds:0} ms"),
        BrokenCircuitException => $"{_name} is left alone for a while: too many calls to it have failed",
        _ => $"{_name} failed: {failure.GetType().Name}",
    };
}
