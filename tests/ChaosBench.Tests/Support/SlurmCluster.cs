using System.Diagnostics;
using System.Globalization;

namespace ChaosBench.Tests.Support;

/// <summary>
/// A real Slurm of the tests' own: controller, one node of eight slots and their key, all on loopback and in a temporary folder. Where it
/// is not installed or does not start, the tests that ask for it skip with the reason.
/// </summary>
public sealed class SlurmCluster : IAsyncLifetime, IDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch", "/usr/bin/scancel"];
    private readonly TempFolder _folder = new();
    private string? _missing;

    public async Task InitializeAsync()
    {
        _missing = !OperatingSystem.IsLinux() ? "Slurm needs Linux"
            : !Array.TrueForAll(Programs, File.Exists) ? "no Slurm on this machine: install the package slurm-wlm"
            : !Environment.IsPrivilegedProcess ? "only root can start a Slurm node"
            : null;
        if (_missing is null)
        {
            await StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var name in new[] { "slurmd", "slurmctld", "munged" })
        {
            var file = Path.Combine(_folder.Path, name + ".pid");
            if (File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var id))
            {
                await ShellAsync($"kill {id}");
                await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{id}"), $"{name} ends");
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    public void SkipIfMissing() => Skip.If(_missing is not null, _missing);

    /// <summary>Runs a shell command that may talk to this cluster.</summary>
    /// <returns>What it wrote, without the last line end.</returns>
    public async Task<string> ShellAsync(string command, string? workingFolder = null)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder ?? _folder.Path,
        };
        start.Environment["SLURM_CONF"] = Path.Combine(_folder.Path, "slurm.conf");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync().WaitAsync(Eventually.Patience);
        await process.WaitForExitAsync().WaitAsync(Eventually.Patience);
        return process.ExitCode == 0 ? text.TrimEnd('\n') : throw new InvalidOperationException($"{command}: exit {process.ExitCode}: {text}{await error}");
    }

    private async Task StartAsync()
    {
        var (here, host) = (_folder.Path, (await ShellAsync("hostname -s")).Trim());
        _folder.File("slurm.conf", $"""
            ClusterName=chaosbench
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={here}/munge.socket
            CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={here}
            SlurmdSpoolDir={here}/spool
            SlurmctldPidFile={here}/slurmctld.pid
            SlurmdPidFile={here}/slurmd.pid
            SlurmctldLogFile={here}/slurmctld.log
            SlurmdLogFile={here}/slurmd.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            ReturnToService=2
            SlurmdParameters=config_overrides
            NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=1000 State=UNKNOWN
            PartitionName=main Nodes=ALL Default=YES MaxTime=10 State=UP

            """);
        try
        {
            // Their output goes nowhere: they live on, and a pipe would be held open.
            await ShellAsync($"mkdir spool && head -c 1024 /dev/urandom > key && chmod 600 key && munged --force --key-file={here}/key --socket={here}/munge.socket "
                + $"--pid-file={here}/munged.pid --log-file={here}/munged.log --seed-file={here}/seed >/dev/null 2>&1 </dev/null");
            await ShellAsync("slurmctld -f slurm.conf >/dev/null 2>&1 </dev/null && slurmd -f slurm.conf >/dev/null 2>&1 </dev/null");
            await Eventually.TrueAsync(() => ShellAsync("sleep 0.3; sinfo -h -o %t || true").GetAwaiter().GetResult().Contains("idle", StringComparison.Ordinal), "the node is up");
        }
        catch (InvalidOperationException problem)
        {
            _missing = "Slurm does not start here: " + problem.Message.ReplaceLineEndings(" ");
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
