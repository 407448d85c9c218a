using ChaosBench.Scenarios.Traces.Formats;

namespace ChaosBench.Scenarios.Traces;

/// <summary>One HTTP exchange with an OpenAI-compatible service as a row of a trace.</summary>
public static class RecordedExchange
{
    /// <param name="body">What was sent.</param>
    /// <param name="reply">JSON, or server-sent events; null when it was not kept.</param>
    /// <param name="status">Null: there was no answer.</param>
    /// <param name="at">Nanoseconds, on the recorder's clock.</param>
    /// <returns>A row; or what it is instead: no call to a model, or none that can be read.</returns>
    public static TraceItem Read(string body, string? reply, int? status, long at) => new RecordedCall(0, body, reply, status, at).Item();
}
