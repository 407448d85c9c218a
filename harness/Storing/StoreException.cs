using System.Globalization;
using Npgsql;

namespace ChaosBench.Harness.Storing;

/// <summary>The store does not do what was asked. The message is in our words: PostgreSQL's name users, databases and queries.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether this is the store's trouble, and not ours.</summary>
    public static bool IsOne(Exception failure) => failure is NpgsqlException or TimeoutException or IOException;

    public static StoreException Of(Exception failure) => new(Describe(failure), failure);

    private static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: "28P01" or "28000" } =>
            "PostgreSQL refuses the user or the password; set PGPASSWORD or ~/.pgpass, or check the address",
        PostgresException { SqlState: "3D000" } => "PostgreSQL has no such database; create it, or check the address",
        PostgresException { SqlState: "42501" } => $"the user may not do this in the schema '{StoreSchema.Name}'; grant it CREATE on the database "
            + "once, or USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on its tables",
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" } => "PostgreSQL is stopping or starting; try again",
        PostgresException { SqlState: "53100" } => "PostgreSQL has no space left on its disk",
        PostgresException problem => string.Create(CultureInfo.InvariantCulture, $"PostgreSQL refuses it (SQLSTATE {problem.SqlState}); see its log"),
        _ => $"PostgreSQL does not answer ({failure.InnerException?.GetType().Name ?? failure.GetType().Name}); start it, or check the address",
    };
}
