using System.Security.Cryptography;
using System.Text;
using ChaosBench.Scenarios.Model;
using ChaosBench.Server.Guardrails;

namespace ChaosBench.Harness.Commands;

/// <summary>Reads the JSON Schemas that scenario files name.</summary>
internal static class SchemaFiles
{
    private const int MostBytes = 1 << 20;

    /// <exception cref="FormatException">Not readable, or not a schema of the subset.</exception>
    public static JsonRule Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MostBytes })
            {
                throw new FormatException("not a file of at most 1 MiB");
            }

            var bytes = File.ReadAllBytes(path);
            return new JsonRule(Convert.ToHexStringLower(SHA256.HashData(bytes)), JsonSchema.Parse(Encoding.UTF8.GetString(bytes)).Violation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FormatException("cannot be read", unreadable);
        }
    }
}
