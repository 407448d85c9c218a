using System.CommandLine;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Judging;
using ChaosBench.Server;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench serve MODEL_DIR</c>: the model server by itself, with an OpenAI-compatible API on loopback.</summary>
internal static partial class ServeCommand
{
    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var model = new Argument<DirectoryInfo>("MODEL_DIR") { Description = "Folder with model.onnx, config.json and tokenizer.json" };
        var port = new Option<int>("--port") { Description = "0 takes any free one", DefaultValueFactory = _ => 8080, HelpName = "N" };
        var replicas = new Option<int>("--replicas") { Description = "Copies of the model behind the router", DefaultValueFactory = _ => 1, HelpName = "N" };
        var device = new Option<string>("--device") { Description = "auto, cpu or cuda[:n]", DefaultValueFactory = _ => "auto", HelpName = "DEVICE" };
        var isolation = new Option<ReplicaIsolation>("--isolation")
        {
            Description = "task: replicas are threads of this process; process: each is a worker process", HelpName = "task|process",
            DefaultValueFactory = _ => ReplicaIsolation.Task,
        };
        var keyVariable = new Option<string?>("--api-key-env") { Description = "Ask clients for the key in this environment variable", HelpName = "NAME" };
        var command = new Command("serve", "Serve a model with an OpenAI-compatible API on 127.0.0.1\n\n  chaosbench serve scenarios/models/triage-v1 --port 8080\n  curl http://127.0.0.1:8080/v1/models")
        {
            model, port, replicas, device, isolation, keyVariable,
        };
        port.CustomParser = OptionValues.Whole<int>(0, 65_535);
        replicas.CustomParser = OptionValues.Whole<int>(1, 64);
        isolation.CustomParser = OptionValues.OneOf<ReplicaIsolation>();
        device.CustomParser = OptionValues.Matching(DevicePattern(), "no such device; write auto, cpu, cuda or cuda:N");
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new ServerOptions
            {
                Model = parsed.GetValue(model)!.FullName,
                Replicas = parsed.GetValue(replicas),
                Device = parsed.GetValue(device)!,
                Isolation = parsed.GetValue(isolation),
            };
            var face = new HttpFaceOptions { Port = parsed.GetValue(port), ApiKey = Key(parsed.GetValue(keyVariable)) };
            return await ServeAsync(options, face, terminal, time, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> ServeAsync(
        ServerOptions options, HttpFaceOptions faceOptions, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (EncoderFolder.TryLoad(options.Model, options.Device, options.Replicas) is { } encoder)
            {
                return await ServeEncoderAsync(encoder, faceOptions, terminal, time, cancellation).ConfigureAwait(false);
            }

            await using var server = await ModelServer.StartAsync(options, time, cancellation).ConfigureAwait(false);
            await using var face = await HttpFace.StartAsync(server, faceOptions, time, cancellation).ConfigureAwait(false);
            terminal.Error.WriteLine($"serving {Printable.Line(server.Identity.Name, 60)} on {face.BaseAddress} ({options.Replicas} replica(s), {server.Identity.Device}); Ctrl-C drains and stops");
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Pass;
        }
        catch (Exception exception) when (exception is ModelLoadException or IOException)
        {
            // A folder that is no model, a port that is taken: about the command line, and nothing was served yet.
            throw new UsageException(exception.Message);
        }
    }

    private static async Task<int> ServeEncoderAsync(
        TextEncoder encoder, HttpFaceOptions options, Terminal terminal, TimeProvider time, CancellationToken cancellation)
    {
        await using var end = encoder.ConfigureAwait(false);
        await using var face = await HttpFace.StartAsync(encoder, options, time, cancellation).ConfigureAwait(false);
        var gives = encoder.Labels.Count > 0 ? $"{encoder.Width} labels" : $"embeddings of {encoder.Width} numbers";
        terminal.Error.WriteLine($"serving {encoder.Identity.Name} on {face.BaseAddress} ({gives}, {encoder.Identity.Device}); Ctrl-C drains and stops");
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Pass;
    }

    [GeneratedRegex(@"^(auto|cpu|cuda(:[0-9]{1,2})?)$")]
    private static partial Regex DevicePattern();

    private static string? Key(string? variable)
    {
        if (variable is null)
        {
            return null;
        }

        var key = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(key)
            ? throw new UsageException($"--api-key-env {variable}: the variable is not set; set it to the key that clients must send.")
            : key;
    }
}
