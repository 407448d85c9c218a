using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Baselines;

/// <summary>SHA-256 of a run's manifest and of its journal, packed or not: everything else in a run folder is made from them.</summary>
public sealed record RunPrint(string Manifest, string Journal)
{
    /// <summary>One name for both, in any folder and on any machine.</summary>
    [JsonIgnore]
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{Manifest}\n{Journal}\n")));

    /// <exception cref="JournalException">One of the two is missing or cannot be read.</exception>
    public static RunPrint Of(string folder)
    {
        try
        {
            using var manifest = File.OpenRead(Path.Combine(folder, RunFolder.ManifestName));
            using var journal = File.OpenRead(JournalFile.Find(folder));
            using var plain = journal.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(journal, CompressionMode.Decompress) : (Stream)journal;
            return new RunPrint(Convert.ToHexStringLower(SHA256.HashData(manifest)), Convert.ToHexStringLower(SHA256.HashData(plain)));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new JournalException($"{folder}: cannot be read: {broken.Message}; name a whole run folder, for example runs/latest", broken);
        }
    }
}
