using System.Globalization;
using ChaosBench.Chaos.Docker;
using ChaosBench.Harness.Calibrating;
using ChaosBench.Server.Models;
using ChaosBench.Server.Models.Devices;

namespace ChaosBench.Harness.Doctor;

/// <summary>
/// Parts that are not ours: ONNX Runtime, graphics cards, a container engine; and what was measured of this machine.
/// </summary>
internal static class PartChecks
{
    public static IEnumerable<Check> All() => [Runtime(), Gpu(), Cuda(), Containers(), Calibrated(CalibrationStore.Read())];

    private static Check Runtime()
    {
        try
        {
            return Check.Ok("onnx runtime", OnnxRuntimeFacts.Version);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return Check.Missing("onnx runtime", exception.Message, "the native library is not beside chaosbench: build again, 'npm ci' fetches it");
        }
    }

    /// <summary>That there is none is no fault: models run on the CPU.</summary>
    private static Check Gpu()
    {
        using var watch = GpuWatch.Open();
        return watch.Problem is { } problem
            ? Check.Ok("gpu", $"none: {problem}", "models run on the CPU; device: cuda needs a card and NVIDIA's driver")
            : Check.Ok("gpu", string.Join("; ", watch.Read().Select(Describe)));
    }

    private static string Describe(GpuReading card) => string.Create(CultureInfo.InvariantCulture,
        $"{card.Index}: {card.Name ?? "unnamed card"}{(card.MemoryTotal is { } bytes ? $", {bytes / (double)(1L << 30):0.0} GiB" : "")}");

    private static Check Cuda()
    {
        try
        {
            return OnnxRuntimeFacts.CudaProblem is { } problem ? Check.Ok("cuda provider", "not to be had", problem)
                : Check.Ok("cuda provider", "loads");
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return Check.Unknown("cuda provider", "ONNX Runtime itself does not load", "mend that first");
        }
    }

    /// <summary>Faults on containers alone need it, so that its absence limits nothing else.</summary>
    private static Check Containers()
    {
        try
        {
            var socket = DockerEngine.DefaultPlace(Environment.GetEnvironmentVariable);
            return File.Exists(socket)
                ? Check.Ok("containers", $"an engine's socket is at {socket}", "faults on containers use it where --allow-docker is given")
                : Check.Ok("containers", $"no engine at {socket}", "container.* faults need Docker's; nothing else does");
        }
        catch (DockerException problem)
        {
            return Check.Limited("containers", problem.Message, "container.* faults need it");
        }
    }

    private static Check Calibrated(Reports.Runs.Calibration? known) => known is null
        ? Check.Unknown("calibration", "none of this machine", "'chaosbench calibrate' measures what its load generator manages (half a minute)")
        : Check.Ok("calibration", known.Sentence(null));
}
