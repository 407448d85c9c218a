using System.Collections;
using System.Runtime.InteropServices;

namespace ChaosBench.Tests.Support;

/// <summary>The self-contained program, published by the documentation's own command, once for all tests that ask for it.</summary>
internal static class Published
{
    public const string Command = "dotnet publish harness -c Release -r linux-x64 --self-contained";

    /// <summary>Below the limit of a whole test; a loaded machine compiles slowly.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    private static readonly Lazy<Task<string?>> Problem = new(PublishAsync);

    public static string Folder { get; } = Repository.Path("artifacts", "publish", "ChaosBench.Harness", "release_linux-x64");

    public static string Program => Path.Combine(Folder, "chaosbench");

    public static async Task SkipWhereThereIsNoneAsync() => Skip.If(await Problem.Value is { } reason, await Problem.Value);

    /// <summary>Runs <c>dotnet</c> as a user's shell does: without what a test run sets for its own children.</summary>
    public static Task<(int Code, string Output, string Error)> DotnetAsync(string folder, string command)
    {
        var foreign = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(pair => (string)pair.Key)
            .Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
                || name is "DOTNET_STARTUP_HOOKS" or "DOTNET_ADDITIONAL_DEPS");
        // Build servers would outlive the command and hold its output open.
        return Shell.RunAsync(folder, command, Limit, [.. foreign.Select(name => (name, (string?)null)), ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false")]);
    }

    /// <summary>Whether a feed was out of reach rather than the project wrong.</summary>
    public static bool IsOutOfReach(string output) =>
        output.Contains("NU1301", StringComparison.Ordinal) || output.Contains("NU1101", StringComparison.Ordinal) || output.Contains("NU1102", StringComparison.Ordinal);

    /// <returns>Why there is none on this machine; null: there is.</returns>
    private static async Task<string?> PublishAsync()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "the self-contained program is published for Linux on x86-64";
        }

        var (code, output, error) = await DotnetAsync(Repository.Root, $"{Command} --nologo -v quiet");
        if (code != 0 && IsOutOfReach(output))
        {
            return "the package feed does not give the runtime's package: " + output.ReplaceLineEndings(" ");
        }

        Assert.True(code == 0, output + error);
        return null;
    }
}
