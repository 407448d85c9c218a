namespace ChaosBench.Scenarios.Prompts;

/// <summary>Where prompt files come from: the disk, or memory in tests.</summary>
public interface IPromptFiles
{
    /// <summary>Opens a file for one pass. Throws <see cref="PromptException"/> with the remedy when it cannot.</summary>
    Stream Open(string path);

    /// <summary>The files of a folder, by the paths to open them, in order of their names; null for what is no folder.</summary>
    IReadOnlyList<string>? In(string path) => null;
}

/// <summary>Files on disk; relative paths start at <paramref name="folder"/>.</summary>
public sealed class PromptFiles(string folder) : IPromptFiles
{
    public IReadOnlyList<string>? In(string path)
    {
        var full = Path.Combine(folder, path);
        try
        {
            return Directory.Exists(full)
                ? [.. Directory.EnumerateFiles(full).Select(file => Path.Combine(path, Path.GetFileName(file))).Order(StringComparer.Ordinal)]
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PromptException($"{path}: cannot be listed ({failure.GetType().Name}); check that it is a folder you may read", failure);
        }
    }

    public Stream Open(string path)
    {
        var full = Path.Combine(folder, path);
        try
        {
            // Length 0 is asked before opening: devices and pipes have it too, and reading those would never end.
            if (new FileInfo(full).Length == 0)
            {
                throw new PromptException($"{path}: is empty or not a regular file; give a file with prompts");
            }

            return new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PromptException($"{path}: no such file; paths start at the working directory", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PromptException($"{path}: cannot be read ({failure.GetType().Name}); check that it is a file you may read", failure);
        }
    }
}
