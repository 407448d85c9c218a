using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Tests.Support;

/// <summary>nginx, a server that this project did not write, with a configuration of the tests' own on a free port; it answers chat requests with one fixed stream.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly Process? _process;

    private NginxServer(Process? process, int port, string[] command) => (_process, Port, Command) = (process, port, command);

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/v1";

    /// <summary>Program and arguments that start it in the foreground.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>Written down and not started.</summary>
    public static NginxServer Describe(TempFolder folder)
    {
        var program = new[] { "/usr/sbin/nginx", "/usr/bin/nginx" }.FirstOrDefault(File.Exists);
        Skip.If(program is null, "no nginx on this machine: install the package nginx-light");
        var port = FreePort();
        var place = Directory.CreateDirectory(Path.Combine(folder.Path, "nginx")).FullName;
        var file = Path.Combine(place, "nginx.conf");
        File.WriteAllText(file, $$$$"""
            daemon off;
            master_process off;
            pid {{{{place}}}}/nginx.pid;
            error_log stderr;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{{{place}}}}/body; proxy_temp_path {{{{place}}}}/proxy; fastcgi_temp_path {{{{place}}}}/fastcgi;
              uwsgi_temp_path {{{{place}}}}/uwsgi; scgi_temp_path {{{{place}}}}/scgi;
              server {
                listen 127.0.0.1:{{{{port}}}};
                location /v1/models { default_type application/json; return 200 '{"object":"list","data":[{"id":"fixed"}]}'; }
                location /v1/chat/completions {
                  default_type text/event-stream;
                  return 200 'data: {"choices":[{"index":0,"delta":{"content":"forty"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"-two"}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
                }
              }
            }
            """.Replace("\\n", "\n", StringComparison.Ordinal));
        return new NginxServer(null, port, [program!, "-p", place, "-c", file]);
    }

    public static async Task<NginxServer> StartAsync(TempFolder folder)
    {
        var described = Describe(folder);
        var server = new NginxServer(Process.Start(new ProcessStartInfo(described.Command[0], described.Command.Skip(1)) { RedirectStandardError = true })!, described.Port, [.. described.Command]);
        try
        {
            await Eventually.TrueAsync(server.Listens, "nginx listened");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public bool Listens()
    {
        Assert.False(_process is { HasExited: true }, "nginx ended at its start");
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
