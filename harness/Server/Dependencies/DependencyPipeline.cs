using Polly;
using Polly.Fallback;
using Polly.Timeout;

namespace ChaosBench.Server.Dependencies;

/// <summary>
/// Calls to one dependency, behind one Polly pipeline. Its failure is a value, never an exception; only the caller's own
/// cancellation is thrown.
/// <code>
/// request > fallback (optional) > timeout > innermost: chaos strategies > the dependency
/// </code>
/// </summary>
public sealed class DependencyPipeline<T>
{
    private readonly string _name;
    private readonly ResiliencePipeline<T> _pipeline;
    private readonly Action<ServerEvent> _announce;

    /// <param name="time">Clock of timeouts and injected latencies.</param>
    /// <param name="announce">Told of every timeout, error and fallback.</param>
    public DependencyPipeline(DependencyOptions<T> options, TimeProvider time, Action<ServerEvent> announce)
    {
        options.Validate();
        _name = options.Name;
        _announce = announce;
        var builder = new ResiliencePipelineBuilder<T> { Name = options.Name, TimeProvider = time };
        if (options.Fallback is { } fallback)
        {
            builder.AddFallback(FallbackTo(fallback));
        }

        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout });
        options.Innermost?.Invoke(builder);
        _pipeline = builder.Build();
    }

    /// <summary>Calls <paramref name="dependency"/> for one request.</summary>
    /// <param name="faultKey">See <see cref="GenerationRequest.FaultKey"/>; null: the request id.</param>
    public async ValueTask<DependencyReply<T>> CallAsync(
        string requestId, Func<CancellationToken, ValueTask<T>> dependency, CancellationToken cancellation, string? faultKey = null)
    {
        var context = ResilienceContextPool.Shared.Get(_name, cancellation);
        context.Properties.Set(DependencyKeys.RequestId, requestId);
        context.Properties.Set(DependencyKeys.FaultKey, faultKey ?? requestId);
        context.Properties.Set(DependencyKeys.DependencyName, _name);
        try
        {
            var value = await _pipeline.ExecuteAsync(
                static (inner, call) => call(inner.CancellationToken), context, dependency).ConfigureAwait(false);
            return context.Properties.TryGetValue(DependencyKeys.FellBack, out var fellBack) && fellBack
                ? new DependencyReply<T>(DependencyStatus.FellBack, value, "fallback")
                : new DependencyReply<T>(DependencyStatus.Answered, value, null);
        }
        catch (Exception failure) when (IsOfDependency(failure, cancellation))
        {
            // The one place that turns a dependency's failure into a value when there is no fallback to do it.
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
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Outcome.Exception is { } failure && IsOfDependency(failure, arguments.Context.CancellationToken)),
        FallbackAction = _ => Outcome.FromResultAsValueTask(fallback()),
        OnFallback = arguments =>
        {
            var requestId = arguments.Context.Properties.GetValue(DependencyKeys.RequestId, "");
            Announce(arguments.Outcome.Exception!, requestId);
            _announce(new ServerEvent(ServerEventKind.DependencyFallback, RequestId: requestId, Detail: _name));
            arguments.Context.Properties.Set(DependencyKeys.FellBack, true);
            return default;
        },
    };

    private void Announce(Exception failure, string requestId) => _announce(new ServerEvent(
        failure is TimeoutRejectedException ? ServerEventKind.DependencyTimeout : ServerEventKind.DependencyError,
        RequestId: requestId, Detail: Describe(failure)));

    /// <summary>False for the caller's own cancellation, which is nobody's failure.</summary>
    private static bool IsOfDependency(Exception failure, CancellationToken caller) =>
        failure is not OperationCanceledException || !caller.IsCancellationRequested;

    /// <summary>Names the kind of failure only: messages of a dependency may quote its data.</summary>
    private string Describe(Exception failure) => failure is TimeoutRejectedException timeout
        ? FormattableString.Invariant($"{_name} did not answer within {timeout.Timeout.TotalMilliseconds:0} ms")
        : $"{_name} failed: {failure.GetType().Name}";
}
