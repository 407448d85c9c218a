using ChaosBench.Server.Models;
using Microsoft.ML.OnnxRuntime;

namespace ChaosBench.Server.Embeddings;

/// <summary>
/// An encoder inside this process: texts in, embeddings or probabilities of labels out. What a request or the model does wrong is
/// an <see cref="EncoderResult"/>.
/// <code>
/// inputs > tokens > sorted by length, batches > graph, one place a call > vectors in the order of the inputs
/// </code>
/// </summary>
/// <remarks>Safe for any number of threads.</remarks>
public sealed class TextEncoder : IAsyncDisposable
{
    /// <summary>Inputs of one request, as OpenAI has it.</summary>
    public const int MostInputs = 2_048;

    /// <summary>Tokens of one request, as OpenAI has it.</summary>
    public const int MostTokens = 300_000;

    private const int MostWaiting = 256;

    private readonly EncoderGraph _graph;
    private readonly Func<string, int[]> _tokenize;
    private readonly int _places;
    private readonly SemaphoreSlim _free;
    private readonly CancellationTokenSource _stopping = new();
    private int _requests;

    /// <param name="places">Calls of the graph at the same time.</param>
    internal TextEncoder(ModelIdentity identity, EncoderGraph graph, Func<string, int[]> tokenize, int places)
    {
        Identity = identity;
        _graph = graph;
        _tokenize = tokenize;
        _places = places;
        _free = new SemaphoreSlim(places, places);
    }

    public ModelIdentity Identity { get; }

    /// <summary>Numbers in a vector: dimensions of an embedding, or labels.</summary>
    public int Width => _graph.Width;

    /// <summary>Names of the labels of a classifier, by index; empty for a model that gives embeddings.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Tokens of one input, special ones included.</summary>
    public int MaxTokens => Identity.Context;

    /// <summary>Always completes with a result, soon after <paramref name="cancellation"/> fires too.</summary>
    public async Task<EncoderResult> EncodeAsync(IReadOnlyList<EncoderInput> inputs, CancellationToken cancellation)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        try
        {
            if (Interlocked.Increment(ref _requests) > MostWaiting + _places)
            {
                return new EncoderResult
                {
                    Status = GenerationStatus.Overloaded,
                    ErrorCode = "queue_full",
                    Error = $"{MostWaiting:N0} requests wait for the encoder already.",
                    RetryAfterSeconds = 1,
                };
            }

            // Tokenizing is work too, and takes a place.
            await _free.WaitAsync(life.Token).ConfigureAwait(false);
            (List<int[]> Rows, EncoderResult? Problem) read;
            try
            {
                read = await Task.Run(() => Tokens(inputs), life.Token).ConfigureAwait(false);
            }
            finally
            {
                _free.Release();
            }

            return read.Problem ?? await EncoderBatches.RunAsync(read.Rows, RunAsync, life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            return cancellation.IsCancellationRequested
                ? EncoderResult.Cancelled
                : EncoderResult.Failed("unavailable", "The server is stopping.");
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        // Not disposed: a request may still be about to link to it. The graph goes when nobody is in it and nobody can come any more.
        await _stopping.CancelAsync().ConfigureAwait(false);
        for (var place = 0; place < _places; place++)
        {
            await _free.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        _graph.Dispose();
    }

    /// <summary>The inputs as tokens, or what is wrong with the first that cannot be read. Work for a thread of the pool.</summary>
    internal (List<int[]> Rows, EncoderResult? Problem) Tokens(IReadOnlyList<EncoderInput> inputs)
    {
        var rows = new List<int[]>(inputs.Count);
        long total = 0;
        foreach (var (index, input) in inputs.Index())
        {
            int[] row;
            try
            {
                row = input.Tokens is { } tokens ? [.. tokens] : _tokenize(input.Text!);
            }
            catch (RequestRefusedException refusal)
            {
                return (rows, EncoderResult.Refused(index, "invalid_value", refusal.Message));
            }

            total += row.Length;
            if (Check(index, row, total) is { } problem)
            {
                return (rows, problem);
            }

            rows.Add(row);
        }

        return (rows, null);
    }

    private EncoderResult? Check(int index, int[] row, long total)
    {
        if (row.Length == 0)
        {
            return EncoderResult.Refused(index, "invalid_value", "has no tokens; at least one is needed.");
        }

        if (row.Length > MaxTokens)
        {
            return EncoderResult.Refused(
                index, "context_length_exceeded", $"has {row.Length:N0} tokens; the model reads at most {MaxTokens:N0}.");
        }

        if (total > MostTokens)
        {
            return EncoderResult.Refused(index, "invalid_value", $"is where the request passes {MostTokens:N0} tokens; send several requests.");
        }

        var wrong = Array.FindIndex(row, token => token < 0 || token >= Identity.Vocabulary);
        return wrong < 0
            ? null
            : EncoderResult.Refused(index, "invalid_value", $"holds token {row[wrong]}; tokens are 0 to {Identity.Vocabulary - 1:N0}.");
    }

    /// <summary>One call of the graph. Takes a place for the call and not for the request: one text does not wait for 2,000.</summary>
    /// <param name="rows">A batch of <see cref="EncoderBatches"/>.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal async Task<EncoderResult> RunAsync(IReadOnlyList<int[]> rows, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var vectors = await Task.Run(() => _graph.Run(rows), CancellationToken.None).ConfigureAwait(false);
            return Array.TrueForAll(vectors, EncoderGraph.Finite)
                ? new EncoderResult { Status = GenerationStatus.Completed, Vectors = vectors, Tokens = rows.Sum(row => row.Length) }
                : EncoderResult.Failed("non_finite_output", "The model computed non-finite numbers; its weights are damaged.");
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidDataException)
        {
            return EncoderResult.Failed("internal_error", $"A step of the model failed ({SessionFactory.FirstLine(e.Message)}).");
        }
        finally
        {
            _free.Release();
        }
    }
}
