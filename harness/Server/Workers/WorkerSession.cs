using System.Collections.Concurrent;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Workers;

/// <summary>The requests that a worker has from its server, while the pipes hold.</summary>
internal sealed class WorkerSession(IReplica replica, FrameWriter writer)
{
    private readonly ConcurrentDictionary<uint, CancellationTokenSource> _running = new();

    public void Run(FrameReader reader)
    {
        while (reader.Read())
        {
            switch (reader.Kind)
            {
                case FrameKind.Generate:
                    var (request, prompt) = WorkerMessages.ReadGenerate(reader.Payload);
                    _ = AnswerAsync(reader.Request, request, prompt);
                    break;
                case FrameKind.Encode:
                    _ = EncodeAsync(reader.Request, WorkerMessages.Read<int[][]>(reader.Payload));
                    break;
                case FrameKind.Cancel:
                    Cancel(reader.Request);
                    break;
                case FrameKind.Ping:
                    writer.Post(FrameKind.Pong, payload: [replica.Responsive ? (byte)1 : (byte)0]);
                    break;
                default:
                    throw new InvalidDataException($"{reader.Kind} is not for a worker");
            }
        }
    }

    private async Task AnswerAsync(uint number, GenerationRequest request, int[] prompt)
    {
        using var cancellation = new CancellationTokenSource();
        _running[number] = cancellation;
        var result = await replica.GenerateAsync(request, prompt, new FrameSink(writer, number), cancellation.Token).ConfigureAwait(false);
        _running.TryRemove(number, out _);
        writer.Post(FrameKind.Ended, number, WorkerMessages.Json(result with { Text = "", LogProbs = [] }));
        if (result.Status == GenerationStatus.ReplicaLost)
        {
            // The replica's thread has died in here: a worker without one is as good as dead, and the server notices the end of the pipe.
            await Console.Error.WriteLineAsync(result.Error).ConfigureAwait(false);
            writer.Close();
        }
    }

    private async Task EncodeAsync(uint number, int[][] rows)
    {
        var result = await replica.EncodeAsync(rows, CancellationToken.None).ConfigureAwait(false);
        writer.Post(FrameKind.Encoded, number, WorkerMessages.Json(result));
    }

    private void Cancel(uint number)
    {
        try
        {
            if (_running.TryGetValue(number, out var running))
            {
                running.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
        }
    }
}

/// <summary>Sends the tokens of one request to the server.</summary>
internal sealed class FrameSink(FrameWriter writer, uint number) : IGenerationSink
{
    public void Tokens(int count, string text) => writer.PostTokens(number, count, text);

    public void LogProb(TokenLogProb logProb) => writer.Post(FrameKind.LogProb, number, WorkerMessages.Json(logProb));
}
