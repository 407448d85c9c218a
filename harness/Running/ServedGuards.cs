using System.Text;
using ChaosBench.Chaos;
using ChaosBench.Scenarios.Model;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Dependencies.Postgres;
using ChaosBench.Server.Guardrails;
using GuardAction = ChaosBench.Scenarios.Model.GuardAction;
using ServedAction = ChaosBench.Server.Guardrails.GuardAction;

namespace ChaosBench.Harness.Running;

/// <summary>The context store and the guardrails of an onnx target, as the server wants them.</summary>
internal static class ServedGuards
{
    /// <summary>Null: the server has none.</summary>
    public static ContextStoreOptions? StoreOf(Target.Onnx target, Func<Templated, string> resolve, DependencyChaos? chaos) =>
        target.ContextStore is not { } store ? null : new ContextStoreOptions
        {
            Latency = store.Latency ?? TimeSpan.FromMilliseconds(1),
            Timeout = store.Timeout ?? TimeSpan.FromMilliseconds(250),
            Fallback = store.Fallback,
            Postgres = store.Postgres is { } url
                ? new PostgresOptions { Address = PostgresAddress.Parse(resolve(url)), Connections = store.Connections }
                : null,
            Innermost = chaos is null ? null : builder => chaos.AddTo(builder, json => new StoredRecord("", json, Encoding.UTF8.GetByteCount(json))),
        };

    /// <exception cref="DependencyUnavailableException">The schema of the records cannot be used.</exception>
    public static GuardrailOptions Of(Target.Onnx target) => new()
    {
        MaxCharacters = target.Guardrails.Characters,
        MaxPromptTokens = target.Guardrails.Tokens,
        Surrogates = Of(target.Guardrails.Surrogates),
        Controls = Of(target.Guardrails.Controls),
        Invisible = Of(target.Guardrails.Invisible),
        Injection = Of(target.Guardrails.Injection),
        RecordSchema = target.ContextStore?.Schema is { } file ? SchemaFile(file) : null,
    };

    /// <exception cref="DependencyUnavailableException">It cannot be read, or holds what is not supported.</exception>
    public static JsonSchema SchemaFile(string path)
    {
        try
        {
            return JsonSchema.Parse(File.ReadAllText(path));
        }
        catch (Exception problem) when (problem is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new DependencyUnavailableException(ContextStoreOptions.Name, $"{path}: {problem.Message}", problem);
        }
    }

    private static ServedAction Of(GuardAction action) => action switch
    {
        GuardAction.Allow => ServedAction.Allow,
        GuardAction.Sanitise => ServedAction.Sanitise,
        GuardAction.Refuse => ServedAction.Refuse,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
