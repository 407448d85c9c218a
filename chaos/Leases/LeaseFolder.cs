using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Chaos.Leases;

/// <summary>
/// The folder of leases, one small file each, the user's alone. A lease is durable before <see cref="Write"/> returns, and locked by
/// its owner for as long as that lives; the kernel lets go of the lock when it dies.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class LeaseFolder
{
    /// <summary>More files than this are not looked at: no run has that many faults.</summary>
    private const int MostFiles = 1_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private LeaseFolder(string path) => Place = path;

    public string Place { get; }

    /// <summary><c>$XDG_STATE_HOME/chaosbench/leases</c>, or <c>~/.local/state/chaosbench/leases</c>.</summary>
    /// <exception cref="LeaseException">Neither variable names a folder.</exception>
    public static string DefaultPlace(Func<string, string?> variable)
    {
        // The XDG specification has relative paths ignored.
        if (variable("XDG_STATE_HOME") is { } state && Path.IsPathFullyQualified(state))
        {
            return Path.Combine(state, "chaosbench", "leases");
        }

        return variable("HOME") is { } home && Path.IsPathFullyQualified(home)
            ? Path.Combine(home, ".local", "state", "chaosbench", "leases")
            : throw new LeaseException("there is no place for leases: set XDG_STATE_HOME or HOME to a folder that you may write to");
    }

    /// <summary>Makes the folder where it is missing.</summary>
    /// <exception cref="LeaseException">It cannot be made, or is not the user's alone.</exception>
    public static LeaseFolder Open(string place)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetDirectoryName(place))!);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!, OwnerOnly);
            Directory.CreateDirectory(place, OwnerOnly);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new LeaseException(
                $"{place}: the folder of leases cannot be made ({refusal.Message}); make it with mode 700, or set XDG_STATE_HOME to a folder that you may write to",
                refusal);
        }

        return Find(place)!;
    }

    /// <summary>Null when there is no such folder: then nothing was ever broken from here.</summary>
    /// <exception cref="LeaseException">It is not the user's alone.</exception>
    public static LeaseFolder? Find(string place)
    {
        foreach (var folder in new[] { Path.GetDirectoryName(place)!, place })
        {
            using var handle = Native.OpenFolder(folder, out var error);
            if (handle is null)
            {
                return error == Native.NotThere ? null : throw new LeaseException(
                    $"{folder}: cannot be opened ({Native.Message(error)}); it must be a folder of your own with mode 700, not a link");
            }

            var facts = Native.Facts(handle);
            if (!facts.IsFolder || facts.Owner != Native.EffectiveUser() || facts.IsShared)
            {
                throw new LeaseException(
                    $"{folder}: is not a folder of yours alone, so its leases cannot be trusted; see that it is yours and run 'chmod 700 {folder}'");
            }
        }

        return new LeaseFolder(place);
    }

    /// <summary>Durable when it returns, and locked until the handle is closed.</summary>
    /// <exception cref="LeaseException">It cannot be written.</exception>
    public SafeFileHandle Write(Lease lease)
    {
        var path = PathOf(lease.Id);
        var draft = path + ".new";
        SafeFileHandle? file = null;
        try
        {
            file = Native.CreateFile(draft, out var error) ?? throw new IOException(Native.Message(error));
            if (!Native.TryLock(file))
            {
                throw new IOException("the file system has no locks");
            }

            RandomAccess.Write(file, LeaseText.Write(lease), 0);
            Native.Sync(file);
            File.Move(draft, path);
            SyncFolder();
            return file;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new LeaseException(
                $"{path}: the lease cannot be written ({refusal.Message}), so nothing is injected; free the disk, or set XDG_STATE_HOME to a folder that you may write to",
                refusal);
        }
    }

    /// <summary>Harmless when it is gone.</summary>
    public void Remove(string id)
    {
        File.Delete(PathOf(id));
        SyncFolder();
    }

    /// <summary>Every file of the folder, as a lease or as what is wrong with it. Open each in a <c>using</c>.</summary>
    public IEnumerable<LeaseFile> Files()
    {
        var paths = Directory.EnumerateFileSystemEntries(Place).Take(MostFiles + 1).Order(StringComparer.Ordinal).ToList();
        if (paths.Count > MostFiles)
        {
            yield return LeaseFile.Refused(Place, $"holds more than {MostFiles} files, and only as many are looked at; remove what is no lease");
        }

        foreach (var path in paths)
        {
            var name = Path.GetFileName(path);
            if (LeaseName().Match(name) is { Success: true } match)
            {
                if (LeaseFile.Open(path, match.Groups[1].Value) is { } file)
                {
                    yield return file;
                }
            }
            else if (!DraftName().IsMatch(name))
            {
                yield return LeaseFile.Refused(path, "has not the name of a lease; remove it");
            }
        }
    }

    private void SyncFolder()
    {
        using var folder = Native.OpenFolder(Place, out var error) ?? throw new IOException($"{Place}: {Native.Message(error)}");
        Native.Sync(folder);
    }

    private string PathOf(string id) => Path.Combine(Place, id + ".json");

    [GeneratedRegex("^([a-z0-9][a-z0-9-]{0,79})\\.json$")]
    private static partial Regex LeaseName();

    /// <summary>Not yet a lease: its fault was not put in place.</summary>
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,79}\\.json\\.new$")]
    private static partial Regex DraftName();
}
