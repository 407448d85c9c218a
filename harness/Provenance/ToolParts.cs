using System.Reflection;
using System.Text.Json;
using ChaosBench.Reports.Provenance;
using Microsoft.AspNetCore.Builder;

namespace ChaosBench.Harness.Provenance;

/// <summary>
/// What this program is made of: the lock files that it was built from travel in it, so that the list is the same for a folder of
/// assemblies
/// and for one file. Their licences are in <c>licences.json</c>; a test holds it against the packages themselves.
/// </summary>
internal static class ToolParts
{
    private const string Lock = "provenance/packages.lock.json";
    private const string NpmLock = "provenance/package-lock.json";
    private const string Licences = "provenance/licences.json";

    private static readonly Lazy<PartsList> Known = new(Make);

    /// <summary>As it was built.</summary>
    public static PartsList List => Known.Value;

    /// <summary>
    /// With the native libraries beside the program, by what is in them; they are large, so that a run does not ask for them.
    /// </summary>
    public static PartsList WithNatives() => List with { Parts = [.. List.Parts, .. Natives()] };

    private static PartsList Make()
    {
        using var licences = Read(Licences);
        var known = licences.RootElement.GetProperty("packages");
        var nuget = NuGet().ToList();

        // ONNX Runtime comes from one place or the other; see its project file.
        var replaced = nuget.Select(part => known.TryGetProperty(part.Name, out var entry)
            && entry.TryGetProperty("insteadOf", out var other) ? other.GetString() : null).ToList();
        var npm = Npm().Where(part => !replaced.Contains(part.Name));
        var whole = new Component("chaosbench")
        {
            Kind = ComponentKind.Application,
            Version = ToolVersion.Text,
            Licence = "MIT",
            Description = "Chaos and load testing for model services",
        };
        return new PartsList(whole, [.. Frameworks().Concat(nuget).Concat(npm).Select(part => Licensed(part, known))]);
    }

    private static Component Licensed(Component part, JsonElement known)
    {
        if (!known.TryGetProperty(part.Name, out var entry))
        {
            return part;
        }

        return part with
        {
            Licence = entry.GetProperty("licence").GetString(),
            LicenceSource = entry.TryGetProperty("source", out var source) ? source.GetString() : null,
            IsBuildOnly = entry.TryGetProperty("buildOnly", out var only) && only.GetBoolean(),
        };
    }

    private static IEnumerable<Component> Frameworks()
    {
        yield return new Component("Microsoft.NETCore.App") { Kind = ComponentKind.Framework,
            Version = Environment.Version.ToString() };
        var web = typeof(WebApplication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        yield return new Component("Microsoft.AspNetCore.App") { Kind = ComponentKind.Framework, Version = web };
    }

    private static IEnumerable<Component> NuGet()
    {
        using var document = Read(Lock);
        foreach (var one in document.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject())
        {
            if (one.Value.GetProperty("type").GetString() == "Project")
            {
                continue;
            }

            var version = one.Value.GetProperty("resolved").GetString()!;
            yield return new Component(one.Name)
            {
                Version = version,
                Purl = $"pkg:nuget/{one.Name}@{version}",
                Hashes = one.Value.TryGetProperty("contentHash", out var hash) ? Sha512(hash.GetString()!)
                    : new Dictionary<string, string>(),
                Needs = NamesIn(one.Value),
            };
        }
    }

    private static IEnumerable<Component> Npm()
    {
        const string folder = "node_modules/";
        using var document = Read(NpmLock);
        foreach (var one in document.RootElement.GetProperty("packages").EnumerateObject())
        {
            if (!one.Name.StartsWith(folder, StringComparison.Ordinal)
                || (one.Value.TryGetProperty("dev", out var dev) && dev.GetBoolean()))
            {
                continue;
            }

            var name = one.Name[(one.Name.LastIndexOf(folder, StringComparison.Ordinal) + folder.Length)..];
            var version = one.Value.GetProperty("version").GetString()!;
            yield return new Component(name)
            {
                Version = version,
                Purl = $"pkg:npm/{name.Replace("@", "%40", StringComparison.Ordinal)}@{version}",
                Licence = one.Value.TryGetProperty("license", out var licence) ? licence.GetString() : null,
                Hashes = one.Value.TryGetProperty("integrity", out var hash)
                    && hash.GetString() is ['s', 'h', 'a', '5', '1', '2', '-', .. var digest]
                    ? Sha512(digest) : new Dictionary<string, string>(),
                Needs = NamesIn(one.Value),
            };
        }
    }

    /// <summary>
    /// Libraries that are not .NET's, as they lie beside the program. In a program of one file they are inside.
    /// </summary>
    private static IEnumerable<Component> Natives() => Directory.Exists(AppContext.BaseDirectory)
        ? Directory.EnumerateFiles(AppContext.BaseDirectory, "*onnxruntime*")
            .Where(path => Path.GetExtension(path) is ".so" or ".dylib"
                || (Path.GetExtension(path) == ".dll" && !Path.GetFileName(path)
                    .StartsWith("ChaosBench", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Select(path => new Component(Path.GetFileName(path))
            {
                Kind = ComponentKind.File,
                Hashes = new Dictionary<string, string> { ["SHA-256"] = FileHash.OfFile(path) },
            })
        : [];

    private static string[] NamesIn(JsonElement entry) =>
        entry.TryGetProperty("dependencies", out var needs) ? [.. needs.EnumerateObject().Select(need => need.Name)] : [];

    private static Dictionary<string, string> Sha512(string base64) =>
        new() { ["SHA-512"] = Convert.ToHexStringLower(Convert.FromBase64String(base64)) };

    private static JsonDocument Read(string resource)
    {
        using var stream = typeof(ToolParts).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{resource} is not in this build");
        return JsonDocument.Parse(stream);
    }
}
