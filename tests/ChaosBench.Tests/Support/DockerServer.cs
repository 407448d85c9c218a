using System.Diagnostics;
using System.Formats.Tar;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace ChaosBench.Tests.Support;

/// <summary>
/// A real Docker engine of the tests' own on a socket in a temporary folder, without networks of its own making. Started on first use;
/// where there is no <c>dockerd</c>, no root, or no engine that starts, the tests that ask for it skip with the reason.
/// </summary>
public sealed class DockerServer : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Path.Combine("/tmp", $"cb-docker-{Environment.ProcessId}");
    private readonly HttpClient _client;
    private Process? _engine;
    private string? _missing;
    private Task<string>? _image;
    private Task<string>? _swarm;

    public DockerServer() => _client = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://docker/") };

    private const string Image = "chaosbench:test";

    public string Socket => Path.Combine(_folder, "d.sock");

    public async Task InitializeAsync()
    {
        _missing = !OperatingSystem.IsLinux() ? "real containers need Linux"
            : !File.Exists("/usr/sbin/dockerd") && !File.Exists("/usr/bin/dockerd") ? "no Docker engine on this machine: install the package docker.io"
            : !Environment.IsPrivilegedProcess ? "only root can start a Docker engine"
            : null;
        if (_missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        // Its output goes to a file, not through a pipe: containers' helpers inherit it.
        _engine = Process.Start("/bin/sh",
        [
            "-c", "cd \"$0\" && exec dockerd --host \"unix://$0/d.sock\" --data-root \"$0/data\" --exec-root \"$0/exec\" --pidfile \"$0/pid\" "
            + "--storage-driver vfs --iptables=false --ip6tables=false --bridge=none --userland-proxy=false >log 2>&1 </dev/null",
            _folder,
        ]);
        await Eventually.TrueAsync(() => _engine.HasExited || Answers(), "the engine answers or ends");
        if (_engine.HasExited)
        {
            _missing = "a Docker engine does not start here: " + File.ReadLines(Path.Combine(_folder, "log")).LastOrDefault();
            return;
        }

        await ImportAsync();
    }

    public async Task DisposeAsync()
    {
        if (_engine is { HasExited: false })
        {
            if (_swarm is not null)
            {
                // Its services go with it, and its network's bridge becomes one that can be taken away.
                await Shell.RunAsync("/", "docker swarm leave --force", null, ("DOCKER_HOST", $"unix://{Socket}"));
            }

            foreach (var id in await ContainersAsync())
            {
                using var gone = await _client.DeleteAsync($"containers/{id}?force=1");
            }

            foreach (var id in await NetworksAsync())
            {
                using var gone = await _client.DeleteAsync($"networks/{id}");
            }

            using var stop = Process.Start("/bin/sh", ["-c", $"kill -TERM {_engine.Id}"]);
            await _engine.WaitForExitAsync().WaitAsync(Eventually.Patience);
        }

        // The engine leaves the namespace of its networks mounted.
        using (var unmount = Process.Start("/bin/sh", ["-c", "umount \"$0\"/exec/netns/* 2>/dev/null", _folder]))
        {
            await unmount.WaitForExitAsync();
        }

        // The helpers of its containers take their last files away after it.
        await Eventually.TrueAsync(IsGone, "the engine's folder is gone");
    }

    public void Dispose()
    {
        _engine?.Dispose();
        _client.Dispose();
    }

    public void SkipWhereThereIsNone() => Skip.If(_missing is not null, _missing);

    /// <summary>Runs a shell command that may talk to this engine by <c>docker</c>, and expects it to succeed.</summary>
    /// <returns>What it wrote, without the last line end.</returns>
    public Task<string> ShellAsync(string folder, string command, params (string Name, string? Value)[] environment) =>
        Shell.DoAsync(folder, command, [("DOCKER_HOST", $"unix://{Socket}"), .. environment]);

    /// <summary>The image of docs/packaging, built once from the published program.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> ImageAsync()
    {
        SkipWhereThereIsNone();
        Skip.If((await Shell.RunAsync("/", "command -v docker")).Code != 0, "no docker on this machine: install the package docker.io or docker-cli");
        await Published.SkipWhereThereIsNoneAsync();
        _image ??= BuildAsync();
        await _image;
        return Image;
    }

    /// <summary>Makes this engine a swarm of one, which speaks to itself on loopback.</summary>
    public async Task<string> JoinSwarmAsync()
    {
        _swarm ??= ShellAsync("/", $"docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:{FreePort()}");
        return await _swarm;
    }

    /// <summary>Starts a container that sees this machine's programs and this checkout, read only, and its network.</summary>
    /// <param name="network">One of this engine's; left out: this machine's.</param>
    public async Task StartAsync(string name, string[] command, string network = "host")
    {
        using var created = await _client.PostAsJsonAsync($"containers/create?name={name}", new
        {
            Image = "host",
            Cmd = command,
            Env = new[] { "PATH=/usr/bin:/bin", "HOME=/dev/shm", "TMPDIR=/dev/shm" },
            HostConfig = new
            {
                NetworkMode = network,
                Binds = new[] { "/usr", "/lib", "/lib64", "/bin", Repository.Root }
                    .Where(Directory.Exists).Select(place => $"{place}:{place}:ro").ToArray(),
            },
        });
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
        using var started = await _client.PostAsync($"containers/{name}/start", null);
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
    }

    /// <summary>A bridge of its own that leads nowhere else, so that the engine touches no firewall.</summary>
    /// <returns>Its id; null where the kernel makes no bridges.</returns>
    public async Task<string?> NetworkAsync(string name)
    {
        using var made = await _client.PostAsJsonAsync("networks/create", new { Name = name, Driver = "bridge", Internal = true });
        return made.IsSuccessStatusCode ? (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("Id").GetString() : null;
    }

    /// <summary>Networks that the container is connected to, with its aliases there.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>> NetworksOfAsync(string name) =>
        (await DescribeAsync(name)).GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject().ToDictionary(
            network => network.Name,
            network => network.Value.GetProperty("Aliases") is { ValueKind: JsonValueKind.Array } aliases ? [.. aliases.EnumerateArray().Select(alias => alias.GetString()!)] : Array.Empty<string>());

    public async Task<string> IdAsync(string name) => (await DescribeAsync(name)).GetProperty("Id").GetString()!;

    /// <summary>Orders a disconnect and hangs up at once, as a process that is killed at this moment.</summary>
    public async Task DisconnectAndHangUpAsync(string network, string container)
    {
        var body = $$"""{"Container":"{{container}}","Force":true}""";
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST /networks/{network}/disconnect HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
    }

    /// <summary>The engine's word: <c>running</c>, <c>paused</c>, <c>exited</c>.</summary>
    public async Task<string> StatusAsync(string name) =>
        (await DescribeAsync(name)).GetProperty("State").GetProperty("Status").GetString()!;

    /// <summary>Process id of the container's first process on this machine.</summary>
    public async Task<int> ProcessAsync(string name) => (await DescribeAsync(name)).GetProperty("State").GetProperty("Pid").GetInt32();

    private async Task<JsonElement> DescribeAsync(string name) => await _client.GetFromJsonAsync<JsonElement>($"containers/{name}/json");

    private async Task<IReadOnlyList<string>> ContainersAsync() =>
        [.. (await _client.GetFromJsonAsync<JsonElement>("containers/json?all=1")).EnumerateArray().Select(one => one.GetProperty("Id").GetString()!)];

    private async Task<IReadOnlyList<string>> NetworksAsync() =>
    [
        .. (await _client.GetFromJsonAsync<JsonElement>("networks")).EnumerateArray()
            .Where(one => one.GetProperty("Driver").GetString() == "bridge").Select(one => one.GetProperty("Id").GetString()!),
    ];

    private Task<string> BuildAsync() => ShellAsync(Repository.Root, $"docs/packaging/build.sh {Image}", ("CHAOSBENCH_PUBLISH", Published.Folder));

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsGone()
    {
        try
        {
            if (Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool Answers()
    {
        try
        {
            using var ping = new HttpRequestMessage(HttpMethod.Get, "_ping");
            using var reply = _client.Send(ping);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception trouble) when (trouble is HttpRequestException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>An image from nothing: one empty folder, where this machine's are mounted beside.</summary>
    private async Task ImportAsync()
    {
        using var image = new MemoryStream();
        await using (var tar = new TarWriter(image, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "tmp/"));
        }

        using var content = new ByteArrayContent(image.ToArray());
        content.Headers.ContentType = new("application/x-tar");
        using var imported = await _client.PostAsync("images/create?fromSrc=-&repo=host", content);
        var said = await imported.Content.ReadAsStringAsync();
        if (!imported.IsSuccessStatusCode || said.Contains("\"error\"", StringComparison.Ordinal))
        {
            _missing = "the Docker engine takes no image here: " + said;
        }
    }
}

/// <summary>One engine for all tests of this collection.</summary>
[CollectionDefinition(Name)]
public sealed class DockerTests : ICollectionFixture<DockerServer>
{
    public const string Name = "docker";
}
