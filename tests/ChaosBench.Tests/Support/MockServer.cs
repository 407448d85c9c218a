using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Tests.Support;

/// <summary>aimock, an OpenAI-compatible server that this project did not write (npm <c>@copilotkit/aimock</c>), on a free port.</summary>
internal sealed class MockServer : IDisposable
{
    private readonly Process _process;

    private MockServer(Process process, int port) => (_process, Url) = (process, $"http://127.0.0.1:{port}/v1");

    public string Url { get; }

    /// <param name="folder">Where its fixtures are written.</param>
    /// <param name="options">Such as <c>--chaos-drop 0.3</c>.</param>
    public static async Task<MockServer> StartAsync(TempFolder folder, params string[] options)
    {
        var script = Repository.Path("node_modules", "@copilotkit", "aimock", "dist", "cli.js");
        Skip.IfNot(File.Exists(script), "no @copilotkit/aimock: npm ci brings it");
        var fixtures = folder.File("fixtures.json", """{"fixtures":[{"match":{"userMessage":""},"response":{"content":"Hello there."}}]}""");
        var port = FreePort();
        var server = new MockServer(
            Process.Start(new ProcessStartInfo("node", [script, "-p", $"{port}", "-f", fixtures, "--log-level", "silent", .. options])
            {
                RedirectStandardOutput = true,
            })!,
            port);
        try
        {
            await Eventually.TrueAsync(() => server.Listens(port), "aimock listened");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private bool Listens(int port)
    {
        Assert.False(_process.HasExited, "aimock ended at its start");
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
