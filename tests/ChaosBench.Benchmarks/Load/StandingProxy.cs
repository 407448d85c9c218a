using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Benchmarks.Load;

/// <summary>A reverse proxy in a process of its own before an endpoint, killed at the end.</summary>
internal sealed class StandingProxy : IDisposable
{
    private static readonly string[] Places = ["/usr/sbin/nginx", "/usr/bin/nginx"];
    private readonly Process _process;
    private readonly string? _folder;

    private StandingProxy(Process process, Uri address, string? folder = null) => (_process, Address, _folder) = (process, address, folder);

    public Uri Address { get; }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary><c>chaosbench proxy</c> without faults.</summary>
    public static async Task<StandingProxy> OursAsync(Uri upstream)
    {
        string[] proxy = [Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), "proxy", "--upstream", upstream.GetLeftPart(UriPartial.Authority)];
        var process = Process.Start(new ProcessStartInfo("dotnet", proxy) { RedirectStandardError = true })!;
        var line = await process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("chaosbench proxy did not start");
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return new StandingProxy(process, new Uri(line.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal))));
    }

    /// <summary>nginx, one process, connections to both sides kept alive, no log. Null: it is not installed.</summary>
    public static async Task<StandingProxy?> NginxAsync(Uri upstream)
    {
        if (Places.FirstOrDefault(File.Exists) is not { } program)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("chaosbench-nginx").FullName;
        var port = FreePort();
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
              access_log off;
              keepalive_requests 100000000;
              client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
              upstream endpoint { server {{upstream.Authority}}; keepalive 64; keepalive_requests 100000000; }
              server {
                listen 127.0.0.1:{{port}};
                location / { proxy_pass http://endpoint; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host {{upstream.Authority}}; }
              }
            }
            """));
        var process = Process.Start(new ProcessStartInfo(program, ["-p", folder, "-c", file]))!;
        await ListensAsync(port);
        return new StandingProxy(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), folder);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task ListensAsync(int port)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (tries < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), Machine.Clock);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
