using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using ChaosBench.Harness.Calibrating;
using ChaosBench.Reports.Judging;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench doctor</c>: what this machine can do, and what to do about what it cannot.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "Machine-readable, on stdout" };
        var command = new Command("doctor", "Check what this machine can do: cores, memory, file limits, ONNX Runtime, GPU") { json };
        command.SetAction(parsed =>
        {
            var checks = Examine();
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(checks, Json));
            }
            else
            {
                foreach (var check in checks)
                {
                    terminal.Out.WriteLine($"{check.State,-7} {check.Name,-14} {check.Found}{(check.Remedy is null ? "" : "; " + check.Remedy)}");
                }
            }

            return checks.Any(check => check.State == "missing") ? ExitCodes.Error : ExitCodes.Pass;
        });
        return command;
    }

    private static List<Check> Examine() =>
    [
        new("ok", "chaosbench", ToolVersion.Text, null),
        new("ok", "system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}", null),
        Cores(Environment.ProcessorCount),
        Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
        Files(),
        Loopback(),
        Runtime(),
        Gpu(),
        Cuda(),
        Calibrated(CalibrationStore.Read()),
    ];

    private static Check Calibrated(Reports.Runs.Calibration? known) => known is null
        ? new("unknown", "calibration", "none of this machine", "'chaosbench calibrate' measures what its load generator manages (half a minute)")
        : new("ok", "calibration", known.Sentence(null), null);

    private static Check Cores(int count) => count >= 2
        ? new("ok", "cores", count.ToString(CultureInfo.InvariantCulture), null)
        : new("limited", "cores", "1", "an in-process model and the load share it: expect dispatch lag; use a remote target or more cores");

    private static Check Memory(long bytes)
    {
        var gibibytes = bytes / (double)(1L << 30);
        var found = gibibytes.ToString("0.0", CultureInfo.InvariantCulture) + " GiB";
        return gibibytes >= 1 ? new("ok", "memory", found, null) : new("limited", "memory", found, "1 GiB is the least for two replicas and reports");
    }

    /// <summary>Each open stream needs a file handle.</summary>
    private static Check Files()
    {
        const string Limits = "/proc/self/limits";
        var line = File.Exists(Limits)
            ? File.ReadLines(Limits).FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal))
            : null;
        if (line is null)
        {
            return new("unknown", "open files", "no limit found", null);
        }

        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) && limit < 4_096
            ? new("limited", "open files", soft, "more than about that many streams at once fail; raise it with 'ulimit -n 65536'")
            : new("ok", "open files", soft, null);
    }

    private static Check Loopback()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return new("ok", "loopback", "a port can be opened", null);
        }
        catch (SocketException exception)
        {
            return new("missing", "loopback", exception.Message, "'serve' and remote targets on this machine need it");
        }
    }

    private static Check Runtime()
    {
        try
        {
            return new("ok", "onnx runtime", OnnxRuntimeFacts.Version, null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return new("missing", "onnx runtime", exception.Message, "the native library is not beside chaosbench: build again, 'npm ci' fetches it");
        }
    }

    /// <summary>That there is none is no fault: models run on the CPU.</summary>
    private static Check Gpu()
    {
        using var watch = GpuWatch.Open();
        return watch.Problem is { } problem
            ? new("ok", "gpu", $"none: {problem}", "models run on the CPU; device: cuda needs a card and NVIDIA's driver")
            : new("ok", "gpu", string.Join("; ", watch.Read().Select(Describe)), null);
    }

    private static string Describe(GpuReading card) => string.Create(CultureInfo.InvariantCulture,
        $"{card.Index}: {card.Name ?? "unnamed card"}{(card.MemoryTotal is { } bytes ? $", {bytes / (double)(1L << 30):0.0} GiB" : "")}");

    private static Check Cuda()
    {
        try
        {
            return OnnxRuntimeFacts.CudaProblem is { } problem
                ? new("ok", "cuda provider", "not to be had", problem)
                : new("ok", "cuda provider", "loads", null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return new("unknown", "cuda provider", "ONNX Runtime itself does not load", null);
        }
    }

    /// <param name="State"><c>ok</c>, <c>limited</c>, <c>missing</c> or <c>unknown</c>.</param>
    private sealed record Check(string State, string Name, string Found, string? Remedy);
}
