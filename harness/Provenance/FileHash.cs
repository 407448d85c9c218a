using System.Security.Cryptography;

namespace ChaosBench.Harness.Provenance;

/// <summary>Files of folders that others may have made, by their content.</summary>
internal static class FileHash
{
    /// <summary>More files than a run or a model has; a folder with more is something else.</summary>
    private const int MostFiles = 5_000;

    private static readonly EnumerationOptions Plain = new()
    {
        // A link may point anywhere; what it shows is not of this folder.
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 4,
        IgnoreInaccessible = false,
    };

    /// <returns>SHA-256 in lower-case hex by the file's name relative to <paramref name="folder"/>, with slashes.</returns>
    /// <exception cref="UsageException">The folder cannot be read, or holds too many files.</exception>
    public static SortedDictionary<string, string> Of(string folder, Func<string, bool> isWanted)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", Plain))
            {
                var name = Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');
                if (!isWanted(name))
                {
                    continue;
                }

                hashes[name] = OfFile(file.FullName);
                if (hashes.Count > MostFiles)
                {
                    throw new UsageException($"{folder}: more than {MostFiles} files; name the folder of one run or one model.");
                }
            }

            return hashes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder}: cannot be read ({exception.Message}); name a folder whose files you may read.");
        }
    }

    public static string OfFile(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
