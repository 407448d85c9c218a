using System.IO.Compression;
using ChaosBench.Harness;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The package of docs/packaging.md, packed, installed from its folder and used.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Tool_PackedAndInstalledFromAFolder_Runs()
    {
        // For Linux alone as well; and not both at once, for they build in the same folders.
        await Published.SkipWhereThereIsNoneAsync();
        var feed = Path.Combine(_folder.Path, "feed");
        var (packed, said, error) = await Published.DotnetAsync(Repository.Root, $"dotnet pack harness -c Release -o {feed} --nologo -v quiet");
        Skip.If(packed != 0 && Published.IsOutOfReach(said), "the package feed does not give what packing needs: " + said);
        Assert.True(packed == 0, said + error);

        // Nothing but this folder, so that the installed one is ours; its own cache, so that no older one of the same version is.
        _folder.File("nuget.config", "<configuration><packageSources><clear /><add key=\"here\" value=\"feed\" /></packageSources></configuration>");
        var (installed, told, trouble) = await Published.DotnetAsync(_folder.Path, "NUGET_PACKAGES=$PWD/cache dotnet tool install chaosbench --tool-path tool");
        Assert.True(installed == 0, told + trouble);

        Assert.Equal(ToolVersion.Text, await RunAsync("--version"));
        Assert.Equal(File.ReadAllText(Repository.Path("scenarios", "scenario.schema.json")).TrimEnd('\n'), await RunAsync("schema"));
        await RunAsync($"run {TinyRun.File(_folder, $"{{ type: onnx, model: {TinyRun.Model}, device: cpu, isolation: process }}")} --out runs");
        TinyRun.HoldsAPass(Path.Combine(_folder.Path, "runs"));
        AssertLicences(feed);
    }

    private static void AssertLicences(string feed)
    {
        var names = Directory.EnumerateFiles(feed, "*.nupkg").SelectMany(Names).ToList();
        Assert.Contains("README.md", names);
        Assert.Contains(names, name => name.EndsWith("/libonnxruntime.so", StringComparison.Ordinal));
        Assert.Contains(names, name => name.EndsWith("/licenses/onnxruntime/LICENSE", StringComparison.Ordinal));
    }

    private static List<string> Names(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private Task<string> RunAsync(string arguments) => Shell.DoAsync(_folder.Path, $"tool/chaosbench {arguments}");
}
