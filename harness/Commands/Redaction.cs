using ChaosBench.Reports.Content;

namespace ChaosBench.Harness.Commands;

/// <summary>The rules for texts that a run keeps: the built-in ones, those of a file, and the secrets that the run itself was given.</summary>
internal static class Redaction
{
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <param name="variables">Names of environment variables whose values never reach a file.</param>
    /// <exception cref="UsageException">The file cannot be read or holds what is no pattern.</exception>
    public static RedactionRules Rules(FileInfo? file, IEnumerable<string> variables)
    {
        var rules = file is null ? RedactionRules.Default : Read(file);
        return rules.With(variables.Select(Environment.GetEnvironmentVariable).OfType<string>());
    }

    private static RedactionRules Read(FileInfo file)
    {
        try
        {
            return file.Exists && file.Length > MaxBytes
                ? throw new UsageException($"{file}: larger than {MaxBytes / (1024 * 1024)} MiB; a list of names is smaller")
                : RedactionRules.Parse(File.ReadAllText(file.FullName), file.ToString());
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: cannot be read: {broken.Message}");
        }
    }
}
