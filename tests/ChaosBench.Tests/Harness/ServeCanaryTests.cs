using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Tests.Server;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary><c>chaosbench serve --canary</c> as an operator runs it: two models, a file that is changed while they serve, SIGTERM.</summary>
public sealed partial class ServeCanaryTests
{
    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    [SkippableFact]
    public async Task SplitFile_ChangedWhileItServes_MovesTheTraffic()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are signalled as on Linux");
        using var folder = new TempFolder();
        var split = folder.File("split", "100/0\n");
        var canary = Path.Combine(Path.GetDirectoryName(TriageModel.RequireFolder())!, "triage-v2");
        using var serving = CommandProcess.Start(
            folder.Path, "serve", TriageModel.RequireFolder(), "--canary", canary, "--split-file", split, "--port", "0", "--device", "cpu");
        await serving.UntilAsync(() => Address().IsMatch(serving.Error), "it serves");
        var address = new Uri(Address().Match(serving.Error).Value);

        Assert.Equal(["triage-v1"], await ModelsAsync(address));
        await File.WriteAllTextAsync(split, "canary only, please");
        await serving.UntilAsync(() => serving.Error.Contains("the traffic split stays 100/0", StringComparison.Ordinal), "the file is refused");
        Assert.Equal(["triage-v1"], await ModelsAsync(address));
        await File.WriteAllTextAsync(split, "50/50");
        await serving.UntilAsync(() => serving.Error.Contains("traffic split is now 50/50 (was 100/0)", StringComparison.Ordinal), "the file is followed");
        Assert.Equal(["triage-v1", "triage-v2"], await ModelsAsync(address));
        await File.WriteAllTextAsync(split, "0/100");
        await serving.UntilAsync(() => serving.Error.Contains("traffic split is now 0/100 (was 50/50)", StringComparison.Ordinal), "the file is followed");
        Assert.Equal(["triage-v2"], await ModelsAsync(address));

        serving.Signal("TERM");
        await serving.ExitAsync();
        Assert.Contains("SIGTERM: draining and stopping.", serving.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", serving.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex("http://127[^ ]+")]
    private static partial Regex Address();

    /// <summary>The models that answered 24 sessions.</summary>
    private static async Task<string[]> ModelsAsync(Uri address)
    {
        var models = new SortedSet<string>(StringComparer.Ordinal);
        for (var session = 0; session < 24; session++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "v1/completions"))
            {
                Content = new StringContent("""{"prompt": "hi", "max_tokens": 1}""", Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("X-Session-Id", session.ToString(CultureInfo.InvariantCulture));
            using var reply = await Client.SendAsync(request);
            models.Add(Regex.Match(await reply.Content.ReadAsStringAsync(), "\"model\":\"([^\"]*)\"").Groups[1].Value);
        }

        return [.. models];
    }
}
