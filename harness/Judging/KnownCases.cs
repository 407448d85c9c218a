using System.Text.Json;

namespace ChaosBench.Harness.Judging;

/// <param name="Right">Whether the answer is right: a person said so.</param>
internal sealed record KnownCase(string Question, string Answer, bool Right);

/// <summary>Reads the answers whose rightness is known.</summary>
internal static class KnownCases
{
    public const int Fewest = 10;
    private const int Most = 2_000;
    private const long MostBytes = 64 << 20;

    /// <exception cref="UsageException">File, line, what is wrong, what would be right.</exception>
    public static IReadOnlyList<KnownCase> Read(string path)
    {
        var cases = new List<KnownCase>();
        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                throw new UsageException($"{path}: larger than 64 MiB; keep at most {Most} known cases.");
            }

            foreach (var (number, line) in File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
            {
                cases.Add(One(path, number + 1, line));
                if (cases.Count > Most)
                {
                    throw new UsageException($"{path}:{number + 1}: more than {Most} known cases; keep the best ones.");
                }
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: cannot be read: {unreadable.Message}");
        }

        var right = cases.Count(one => one.Right);
        return right >= Fewest && cases.Count - right >= Fewest
            ? cases
            : throw new UsageException($"{path}: {right} known right and {cases.Count - right} known wrong answers; a judge's errors are told from at least {Fewest} of each.");
    }

    private static KnownCase One(string path, int number, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            return new KnownCase(root.GetProperty("question").GetString()!, root.GetProperty("answer").GetString()!, root.GetProperty("right").GetBoolean());
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UsageException($"{path}:{number}: not a known case; write {{\"question\": \"...\", \"answer\": \"...\", \"right\": true}}.");
        }
    }
}
