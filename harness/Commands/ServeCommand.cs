using System.CommandLine;
using System.Text.RegularExpressions;
using ChaosBench.Harness.Running;
using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using ChaosBench.Server.Guardrails;
using ChaosBench.Server.Http;
using ChaosBench.Server.Models.Devices;

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
        var graphs = new Option<CudaGraphs>("--cuda-graphs")
        {
            Description = "Capture decode steps on a card; auto: where it is possible. Needs a process with one replica", HelpName = "auto|on|off",
            DefaultValueFactory = _ => CudaGraphs.Auto, CustomParser = OptionValues.OneOf<CudaGraphs>(),
        };
        var timeout = new Option<TimeSpan>("--request-timeout")
        {
            Description = "Longest life of a request, its wait in the queue included; callers ask for less with X-Request-Timeout-Ms. Default 10m",
            DefaultValueFactory = _ => TimeSpan.FromMinutes(10), HelpName = "DURATION",
        };
        var keyVariable = new Option<string?>("--api-key-env") { Description = "Ask clients for the key in this environment variable", HelpName = "NAME" };
        var sampling = new Option<GenerationConfig>("--generation-config")
        {
            Description = "auto: what requests leave open is as the model's generation_config.json says; none: as OpenAI does",
            HelpName = "auto|none", DefaultValueFactory = _ => GenerationConfig.Auto, CustomParser = OptionValues.OneOf<GenerationConfig>(),
        };
        var storeVariable = new Option<string?>("--context-store-env")
        {
            Description = "Look contexts up in the PostgreSQL database whose URL is in this environment variable (default: in memory)",
            HelpName = "NAME",
        };
        var schema = new Option<string?>("--context-schema")
        {
            Description = "JSON Schema of a context record; records that break it are quarantined", HelpName = "FILE",
        };
        var command = new Command("serve", "Serve a model with an OpenAI-compatible API on 127.0.0.1\n\n  chaosbench serve scenarios/models/triage-v1 --port 8080\n  curl http://127.0.0.1:8080/v1/models\n\nSIGHUP restarts the replicas one by one while the others serve; SIGTERM and Ctrl-C drain and stop.")
        {
            model, port, replicas, device, graphs, isolation, timeout, keyVariable, storeVariable, sampling, schema,
        };
        var canary = new CanaryArguments();
        canary.AddTo(command);
        var sizes = new SizeArguments();
        sizes.AddTo(command);
        port.CustomParser = OptionValues.Whole<int>(0, 65_535);
        replicas.CustomParser = OptionValues.Whole<int>(1, 64);
        isolation.CustomParser = OptionValues.OneOf<ReplicaIsolation>();
        timeout.CustomParser = OptionValues.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        device.CustomParser = OptionValues.Matching(DevicePattern(), "no such device; write auto, cpu, cuda or cuda:N");
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = sizes.Apply(parsed, new ServerOptions
            {
                Model = parsed.GetValue(model)!.FullName,
                Replicas = parsed.GetValue(replicas),
                Device = parsed.GetValue(device)!,
                CudaGraphs = parsed.GetValue(graphs),
                Isolation = parsed.GetValue(isolation),
                RequestTimeout = parsed.GetValue(timeout),
                ContextStore = Store(parsed.GetValue(storeVariable)),
                GenerationConfig = parsed.GetValue(sampling),
                Guardrails = Guardrails(parsed.GetValue(schema)),
            });
            var key = Variable("--api-key-env", parsed.GetValue(keyVariable), "the key that clients must send");
            var face = new HttpFaceOptions { Port = parsed.GetValue(port), ApiKey = key };
            await using var serving = new Serving(terminal, time);
            var beside = canary.Read(parsed, options);
            options = options with { ReplicasBeside = beside?.Server.Replicas ?? 0 };
            return await serving.RunAsync(options, beside, face, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    [GeneratedRegex(@"^(auto|cpu|cuda(:[0-9]{1,2})?)$")]
    private static partial Regex DevicePattern();

    private static ContextStoreOptions Store(string? variable)
    {
        try
        {
            return Variable("--context-store-env", variable, "postgres://USER:PASSWORD@HOST:PORT/DATABASE") is { } url
                ? new ContextStoreOptions { Postgres = new PostgresOptions { Address = PostgresAddress.Parse(url) } }
                : new ContextStoreOptions();
        }
        catch (DependencyUnavailableException problem)
        {
            throw new UsageException($"--context-store-env {variable}: {problem.Message}");
        }
    }

    private static GuardrailOptions Guardrails(string? schema)
    {
        try
        {
            return new GuardrailOptions { RecordSchema = schema is null ? null : ServedGuards.SchemaFile(schema) };
        }
        catch (DependencyUnavailableException problem)
        {
            throw new UsageException($"--context-schema {schema}: {problem.Message}");
        }
    }

    /// <summary>The value of an environment variable that an option names: secrets do not belong on a command line.</summary>
    private static string? Variable(string option, string? name, string holds)
    {
        if (name is null)
        {
            return null;
        }

        var value = Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value)
            ? throw new UsageException($"{option} {name}: the variable is not set; set it to {holds}.")
            : value;
    }
}
