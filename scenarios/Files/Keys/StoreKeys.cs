using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>contextStore:</c> of an onnx target.</summary>
internal static class StoreKeys
{
    private static readonly Key<TimeSpan> StoreLatency = new(
        "latency", Scalars.Duration, "Honest latency of one lookup in memory.") { Default = "1ms" };

    private static readonly Key<TimeSpan> StoreTimeout = new(
        "timeout", Scalars.Limit, "After this the fallback answers.") { Default = "250ms" };

    private static readonly Key<bool> StoreFallback = new(
        "fallback", Scalars.Bool, "true: serve with an empty context. false: the request fails with 503.") { Default = "true" };

    private static readonly Key<Templated> Postgres = new(
        "postgres", new CheckedKind<Templated, Templated>(
            Scalars.Templated, static (url, _, _) => Urls.CheckStore(url) is { } flaw ? flaw : url),
        "URL of a PostgreSQL database that holds the records; without it they are in memory. Hosts other than loopback need --allow-host.")
        { Example = "\"${STORE_URL}\"" };

    private static readonly Key<int> Connections = new(
        "connections", Scalars.Count(1, 100), "Connections to the database at most.") { Default = "8" };

    private static readonly Key<string> Schema = new(
        "schema", Scalars.Path, "JSON Schema of a record, relative to this file's folder; a record that breaks it is quarantined.")
        { Example = "context.schema.json" };

    private static readonly Table<Target.Dependency> StoreTable = new(
        "contextStore", "the context store", "The dependency that the server looks up before inference.",
        [StoreLatency, StoreTimeout, StoreFallback, Postgres, Connections, Schema],
        keys =>
        {
            if (keys.Has(Postgres) && keys.Has(StoreLatency))
            {
                keys.Report(StoreLatency, "a database has the latency that it has", "leave latency out, or use the fault dependency.latency");
            }

            return new Target.Dependency(keys.Get(StoreLatency), keys.Get(StoreTimeout), keys.Get(StoreFallback))
            {
                Postgres = keys.Find(Postgres),
                Connections = keys.Get(Connections),
                Schema = keys.Find(Schema),
            };
        });

    public static readonly Key<StoreSetting> ContextStore = new(
        "contextStore", new ShortOr<StoreSetting>(
            Scalars.Choice("a context store", ("none", new StoreSetting(null))),
            new CheckedKind<Target.Dependency, StoreSetting>(StoreTable, static (store, _, _) => new StoreSetting(store))),
        "The dependency that the server looks up before inference, or none.")
        { Default = "{}", Example = "{ latency: 1ms, timeout: 250ms, fallback: true }" };
}

/// <summary>Tells <c>none</c> from a key that is left out.</summary>
internal sealed record StoreSetting(Target.Dependency? Store);
