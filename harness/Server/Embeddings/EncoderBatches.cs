namespace ChaosBench.Server.Embeddings;

/// <summary>Many rows in calls of a bounded size, and their vectors in the order of the rows.</summary>
internal static class EncoderBatches
{
    // Rows and padded positions of one call: large enough to keep the cores busy, small enough that others get their turn.
    private const int MostRows = 16;
    private const int MostPositions = 8_192;

    /// <summary>The first call that does not complete is the end of all.</summary>
    public static async Task<EncoderResult> RunAsync(
        IReadOnlyList<int[]> rows, Func<IReadOnlyList<int[]>, CancellationToken, Task<EncoderResult>> run, CancellationToken cancellation)
    {
        var vectors = new float[rows.Count][];
        foreach (var batch in Of(rows))
        {
            var part = await run([.. batch.Select(row => rows[row])], cancellation).ConfigureAwait(false);
            if (part.Status != GenerationStatus.Completed)
            {
                return part;
            }

            if (part.Vectors.Count != batch.Count)
            {
                return EncoderResult.Failed("internal_error", "A step of the model gave another number of vectors than it was given texts.");
            }

            foreach (var (at, vector) in part.Vectors.Index())
            {
                vectors[batch[at]] = vector;
            }
        }

        return new EncoderResult { Status = GenerationStatus.Completed, Vectors = vectors, Tokens = rows.Sum(row => row.Length) };
    }

    /// <summary>Indexes of rows that are run together: neighbours in length, so that little is padding.</summary>
    private static IEnumerable<List<int>> Of(IReadOnlyList<int[]> rows)
    {
        var batch = new List<int>(MostRows);
        foreach (var row in Enumerable.Range(0, rows.Count).OrderBy(index => rows[index].Length))
        {
            if (batch.Count == MostRows || (batch.Count > 0 && (batch.Count + 1) * rows[row].Length > MostPositions))
            {
                yield return batch;
                batch = new List<int>(MostRows);
            }

            batch.Add(row);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
