using System.Globalization;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Server.Http;

/// <summary>
/// Several answers to one request: generations of their own, each with its own draws, under one reply. The first that fails takes
/// the others along, because a reply has one status.
/// </summary>
internal sealed class Choices(ModelServer server, ParsedRequest parsed)
{
    public async Task<GenerationResult[]> GenerateAsync(Func<int, IGenerationSink> sinkOf, CancellationToken cancellation)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        return await Task.WhenAll(Enumerable.Range(0, parsed.Choices).Select(OneAsync)).ConfigureAwait(false);

        async Task<GenerationResult> OneAsync(int choice)
        {
            var completed = false;
            try
            {
                var result = await server.GenerateAsync(RequestOf(choice), sinkOf(choice), others.Token).ConfigureAwait(false);
                completed = result.Status == GenerationStatus.Completed;
                return result;
            }
            finally
            {
                if (!completed)
                {
                    await others.CancelAsync().ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>What went wrong, if anything: the cause rather than what was cancelled because of it.</summary>
    public static ApiError? ErrorOf(IReadOnlyList<GenerationResult> results)
    {
        var failed = results.Where(result => result.Status != GenerationStatus.Completed).ToArray();
        return failed.Length == 0
            ? null
            : ApiError.Of(failed.FirstOrDefault(result => result.Status != GenerationStatus.Cancelled) ?? failed[0]);
    }

    /// <summary>The first is the request itself, so that asking for more does not change it.</summary>
    private GenerationRequest RequestOf(int choice) => choice == 0
        ? parsed.Request
        : parsed.Request with
        {
            RequestId = string.Create(CultureInfo.InvariantCulture, $"{parsed.Request.RequestId}-{choice}"),
            Seed = parsed.Request.Seed is { } seed
                ? unchecked((long)SampleRandom.SeedOf(string.Create(CultureInfo.InvariantCulture, $"{seed}/{choice}")))
                : null,
        };
}
