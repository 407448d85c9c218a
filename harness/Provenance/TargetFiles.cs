using System.Security.Cryptography;
using ChaosBench.Reports.Provenance;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Harness.Provenance;

/// <summary>The files of the models that a run asked, as far as they are on this machine.</summary>
internal static class TargetFiles
{
    private const string Model = "modelSha256";

    /// <summary>
    /// Files that are there now, and whether they are those of the run; where not, what the manifest says of the model.
    /// </summary>
    /// <param name="notes">What could not be looked at.</param>
    public static IReadOnlyList<Subject> Of(Manifest manifest, List<string> notes)
    {
        var subjects = new List<Subject>();
        foreach (var target in manifest.Targets.Where(target => target.Type == "onnx"))
        {
            var prefix = PrefixOf(target);
            var stated = target.Facts.GetValueOrDefault(Model);
            if (Directory.Exists(target.Location) && (stated is null || Graphs(target.Location).Contains(stated)))
            {
                subjects.AddRange(FileHash.Of(target.Location, static _ => true)
                    .Select(file => new Subject(prefix + file.Key, file.Value)));
            }
            else if (stated is not null)
            {
                notes.Add($"{target.Location}: {(Directory.Exists(target.Location) ? "not the model of the run any more" : "not here")}; the statement names its hash from the manifest");
                subjects.Add(new Subject(prefix + Model, stated));
            }
        }

        return subjects;
    }

    /// <summary>
    /// What there is of the files that a statement names; the manifest's own hash of a model stands for itself.
    /// </summary>
    /// <param name="subjects">Names as a statement gives them.</param>
    public static Dictionary<string, string> Present(Manifest manifest, IEnumerable<string> subjects)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var subject in subjects)
        {
            if (OwnerOf(manifest, subject) is not { Type: "onnx" } target)
            {
                continue;
            }

            var name = subject[PrefixOf(target).Length..];
            if (name == Model && target.Facts.GetValueOrDefault(Model) is { } stated)
            {
                files[subject] = stated;
            }
            else if (!name.Split('/', '\\').Contains("..") && new FileInfo(Path.Join(target.Location, name)) is { Exists: true,
                LinkTarget: null } file)
            {
                files[subject] = FileHash.OfFile(file.FullName);
            }
        }

        return files;
    }

    /// <summary>The target whose file a statement's name is; null: none.</summary>
    public static TargetEntry? OwnerOf(Manifest manifest, string subject) =>
        manifest.Targets.FirstOrDefault(target => subject.StartsWith(PrefixOf(target), StringComparison.Ordinal));

    private static string PrefixOf(TargetEntry target) => $"{RunStatement.TargetPrefix}{target.Role}/";

    /// <summary>As the server hashes what it serves: a graph and its external data, in order of name.</summary>
    private static IEnumerable<string> Graphs(string folder)
    {
        foreach (var graph in new[] { "model.onnx", "model.f16.onnx" })
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 16];
            foreach (var path in Directory.EnumerateFiles(folder, graph + "*").Order(StringComparer.Ordinal))
            {
                using var file = File.OpenRead(path);
                for (var read = file.Read(buffer); read > 0; read = file.Read(buffer))
                {
                    hash.AppendData(buffer, 0, read);
                }
            }

            yield return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }
}
