using System.Globalization;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Models;

/// <summary>
/// A copy of a model's folder that a fault may damage: what it changes is copied, the rest are links. It lies in the temporary folder, 0700,
/// under the number of this process; copies whose process has ended are removed when the next one is made.
/// </summary>
internal sealed class DamagedCopy : IDisposable
{
    private const string Prefix = "chaosbench-model-";

    private readonly string _root;
    private readonly string _original;

    /// <param name="fault">The fault's id.</param>
    public DamagedCopy(string original, string fault)
    {
        Sweep();
        _original = Path.GetFullPath(original);
        var id = KeyedHash.Hash64(0, fault, _original);
        _root = Directory.CreateTempSubdirectory(FormattableString.Invariant($"{Prefix}{Environment.ProcessId}-{id:x8}-")).FullName;
        // The folder's name is the model's.
        Folder = Directory.CreateDirectory(Path.Combine(_root, Path.GetFileName(Path.TrimEndingDirectorySeparator(_original)))).FullName;
        // The form for cards stays away: a card would be served from it, and nothing of the damage would be seen.
        foreach (var file in Directory.EnumerateFiles(_original).Where(file => !Path.GetFileName(file).StartsWith("model.f16.onnx", StringComparison.Ordinal)))
        {
            var to = Path.Combine(Folder, Path.GetFileName(file));
            // ONNX Runtime refuses external data that a link leads out of the folder.
            if (IsGraph(file))
            {
                Enough(file);
                File.Copy(file, to);
            }
            else
            {
                File.CreateSymbolicLink(to, file);
            }
        }
    }

    public string Folder { get; }

    /// <summary>The file in the copy, safe to be changed.</summary>
    public string Own(string name)
    {
        var path = Path.Combine(Folder, name);
        if (new FileInfo(path) is { LinkTarget: { } target })
        {
            File.Delete(path);
            File.Copy(target, path);
        }

        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleaned up.
        }
    }

    /// <summary>The graph and its external data.</summary>
    public static bool IsGraph(string file) => Path.GetFileName(file).StartsWith("model.onnx", StringComparison.Ordinal);

    /// <summary>A full disk would be another fault than the one that was planned.</summary>
    private static void Enough(string file)
    {
        var (needed, free) = (new FileInfo(file).Length, new DriveInfo(Path.GetTempPath()).AvailableFreeSpace);
        if (needed > free / 2)
        {
            throw new IOException(FormattableString.Invariant(
                $"a copy of {Path.GetFileName(file)} takes {needed >> 20} MiB, and {Path.GetTempPath()} has {free >> 20} MiB left; set TMPDIR to a larger place"));
        }
    }

    private static void Sweep()
    {
        foreach (var left in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var number = Path.GetFileName(left)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && !Directory.Exists($"/proc/{pid}") && OperatingSystem.IsLinux())
            {
                try
                {
                    Directory.Delete(left, recursive: true);
                }
                catch (Exception foreign) when (foreign is IOException or UnauthorizedAccessException)
                {
                    // Another user's: theirs to remove.
                }
            }
        }
    }
}
