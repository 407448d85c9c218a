using ChaosBench.Harness;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The one file that docs/packaging.md publishes, in an empty environment: no .NET, no home folder.</summary>
public sealed class PublishedProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Page_PublishCommand_IsTheOneThatIsTested() =>
        Assert.Contains(Published.Command, File.ReadAllText(Repository.Path("docs", "packaging.md")), StringComparison.Ordinal);

    [SkippableFact]
    public async Task Publish_LeavesLockFilesAlone()
    {
        var before = LockFiles();
        await Published.SkipWhereThereIsNoneAsync();

        Assert.Equal(before, LockFiles());
        Assert.All(before.Where(file => !file.Key.Contains("tests", StringComparison.Ordinal)), file => Assert.Contains("net10.0/linux-x64", file.Value, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Folder_HoldsTheProgramAndOnnxRuntimeAlone()
    {
        await Published.SkipWhereThereIsNoneAsync();

        Assert.Equal(["chaosbench", "libonnxruntime.so", "libonnxruntime_providers_shared.so", "licenses"],
            Directory.EnumerateFileSystemEntries(Published.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Version_WithoutAnythingInstalled_IsTheBuilds()
    {
        await Published.SkipWhereThereIsNoneAsync();

        Assert.Equal(ToolVersion.Text, await RunAsync("--version"));
    }

    [SkippableFact]
    public async Task Run_ModelInTheProcess_PassesAndWritesItsReport()
    {
        await Published.SkipWhereThereIsNoneAsync();
        var file = TinyRun.File(_folder, $"{{ type: onnx, model: {TinyRun.Model}, device: cpu }}");

        await RunAsync($"run {file} --out runs");

        TinyRun.HoldsAPass(Path.Combine(_folder.Path, "runs"));
    }

    /// <summary>Workers are started from the program itself, which is no <c>.dll</c> here.</summary>
    [SkippableFact]
    public async Task Run_ModelInAWorkerProcess_Passes()
    {
        await Published.SkipWhereThereIsNoneAsync();
        var file = TinyRun.File(_folder, $"{{ type: onnx, model: {TinyRun.Model}, device: cpu, isolation: process }}");

        await RunAsync($"run {file} --out runs");

        TinyRun.HoldsAPass(Path.Combine(_folder.Path, "runs"));
    }

    private Task<string> RunAsync(string arguments) => Shell.DoAsync(_folder.Path, $"env -i {Published.Program} {arguments}");

    private static SortedDictionary<string, string> LockFiles() => new(
        Directory.EnumerateFiles(Repository.Root, "packages.lock.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
            .Where(path => !path.Contains("node_modules", StringComparison.Ordinal) && !path.Contains("artifacts", StringComparison.Ordinal))
            .ToDictionary(path => Path.GetRelativePath(Repository.Root, path), File.ReadAllText), StringComparer.Ordinal);
}
