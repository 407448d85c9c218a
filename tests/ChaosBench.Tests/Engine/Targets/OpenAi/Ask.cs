using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>Sends one request to an endpoint.</summary>
internal static class Ask
{
    public static OpenAiSettings Settings(Uri url) => new() { Name = "t", Url = url, Model = "m" };

    public static async Task<(Response Response, Instants Instants)> OnceAsync(
        OpenAiSettings settings, Arrival? arrival = null, CancellationToken cancellation = default)
    {
        await using var target = new OpenAiTarget(settings);
        return await OnceAsync(target, arrival, cancellation);
    }

    public static async Task<(Response Response, Instants Instants)> OnceAsync(
        OpenAiTarget target, Arrival? arrival = null, CancellationToken cancellation = default)
    {
        var clock = new RunClock();
        clock.Start();
        var sink = new ObservationBuilder(clock);
        var response = await target.SendAsync(arrival ?? Plans.Arrival(3, 0), sink, cancellation);
        return (response, sink.Close());
    }
}
