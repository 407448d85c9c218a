using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Benchmarks.Gpu;

/// <summary>PyTorch in eager mode (scenarios/models/training/eager.py), a process for every measurement.</summary>
internal sealed class EagerTorch
{
    private static readonly string Training = Path.Combine(Machine.Root, "scenarios", "models", "training");

    private readonly string _python;

    private EagerTorch(string python, string version, string device) => (_python, Version, Device) = (python, version, device);

    /// <summary>Of PyTorch and of its CUDA.</summary>
    public string Version { get; }

    /// <summary>The card's name as PyTorch knows it.</summary>
    public string Device { get; }

    /// <summary>The first Python whose PyTorch finds a card, or why there is none.</summary>
    public static async Task<(EagerTorch? Torch, string? Problem)> FindAsync()
    {
        var problem = "no python3 with PyTorch; https://pytorch.org says how to install one for CUDA (Debian's is built without)";
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            if (await SaysAsync(python, Path.Combine(Training, "eager.py"), "--probe") is not { } said)
            {
                continue;
            }

            using var found = JsonDocument.Parse(said);
            var root = found.RootElement;
            var version = $"PyTorch {root.GetProperty("torch").GetString()}, CUDA {root.GetProperty("cuda").GetString() ?? "none"}";
            if (root.GetProperty("has_cuda").GetBoolean())
            {
                return (new EagerTorch(python, version, root.GetProperty("device").GetString()!), null);
            }

            problem = $"{python} has {version} and finds no card; https://pytorch.org says how to install one for CUDA";
        }

        return (null, problem);
    }

    /// <summary>Writes a decoder of random weights, with the defaults of the script.</summary>
    /// <exception cref="NotRunException">No Python here has what the script needs.</exception>
    public static async Task WriteRandomDecoderAsync(string reference, string folder)
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            if (await SaysAsync(python, Path.Combine(Training, "random_decoder.py"), reference, folder) is not null)
            {
                return;
            }
        }

        throw new NotRunException("  missing: the decoder of random weights: random_decoder.py did not write it; it needs onnx and numpy (Debian: apt-get install python3-onnx)");
    }

    public async Task<double> TokensPerSecondAsync(DecoderShape shape, int batch, int prompt, int steps)
    {
        (string Name, int Value)[] sizes =
        [
            ("layers", shape.Layers), ("width", shape.Width), ("heads", shape.Heads), ("key-heads", shape.KeyHeads), ("inner", shape.Inner),
            ("vocabulary", shape.Vocabulary), ("batch", batch), ("prompt", prompt), ("steps", steps),
        ];
        string[] arguments = [.. sizes.SelectMany(size => (string[])[$"--{size.Name}", size.Value.ToString(CultureInfo.InvariantCulture)])];
        var said = await SaysAsync(_python, [Path.Combine(Training, "eager.py"), .. arguments])
            ?? throw new InvalidOperationException("eager.py failed; run it by hand with the same arguments: " + string.Join(' ', arguments));
        using var result = JsonDocument.Parse(said);
        return result.RootElement.GetProperty("tokens_per_second").GetDouble();
    }

    /// <summary>Null when the program is not there or ended with an error.</summary>
    private static async Task<string?> SaysAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var said = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            await errors;
            return process.ExitCode == 0 ? said : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
