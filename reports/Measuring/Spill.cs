using System.Security.Cryptography;
using ChaosBench.Reports.Journal;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Reports.Measuring;

/// <summary>A temporary file of this process alone; the system removes it with the last handle, also after a crash.</summary>
internal sealed class Spill
{
    private readonly SafeFileHandle _file;
    private readonly string _folder = Path.GetTempPath();
    private long _end;

    public Spill()
    {
        try
        {
            var path = Path.Combine(_folder, $"chaosbench-{RandomNumberGenerator.GetHexString(24, lowercase: true)}.spill");
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
            {
                // The name goes at once: nobody finds it, and nothing is left when the process is killed.
                File.Delete(path);
            }
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw Unusable(broken);
        }
    }

    /// <returns>Where the bytes begin.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, _end);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw Unusable(broken);
        }

        _end += bytes.Length;
        return _end - bytes.Length;
    }

    public void Read(long offset, Span<byte> to)
    {
        for (var have = 0; have < to.Length;)
        {
            var read = RandomAccess.Read(_file, to[have..], offset + have);
            have += read > 0 ? read : throw new JournalException($"{_folder}: a temporary file of this report was cut short");
        }
    }

    private JournalException Unusable(Exception broken) => new(
        $"{_folder}: the run is too long to be measured in memory, and no temporary file can be written here: {broken.Message}; free some "
            + "space or set TMPDIR", broken);
}
