using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ChaosBench.Chaos.Leases;

/// <summary>The JSON of a lease. What is read is checked field by field: it may have been written by anybody.</summary>
internal static partial class LeaseText
{
    public const int Schema = 1;

    /// <summary>Far above any lease that was ever written, in bytes.</summary>
    public const int Most = 16 * 1024;

    private const double LongestTtl = 7 * 24 * 3600;

    // The longest path that a Unix socket can have.
    private const int LongestSocket = 107;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
    };

    public static byte[] Write(Lease lease) => JsonSerializer.SerializeToUtf8Bytes(lease, Json);

    /// <param name="id">From the file's name.</param>
    /// <exception cref="LeaseException">Why it is no lease, continuing "the file".</exception>
    public static Lease Read(ReadOnlySpan<byte> text, string id)
    {
        Lease lease;
        try
        {
            lease = JsonSerializer.Deserialize<Lease>(text, Json) ?? throw new LeaseException("holds null");
        }
        catch (Exception flaw) when (flaw is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new LeaseException(VersionOf(text) is > Schema and var newer
                ? $"has schema {newer}, and this chaosbench knows {Schema}; heal with the newer one"
                : "is no lease: " + FirstLine(flaw.Message), flaw);
        }

        return FlawOf(lease, id) is { } why ? throw new LeaseException(why) : lease;
    }

    private static string? FlawOf(Lease lease, string id) => lease switch
    {
        { Schema: > Schema } => $"has schema {lease.Schema}, and this chaosbench knows {Schema}; heal with the newer one",
        { Schema: not Schema } => $"has schema {lease.Schema}, which there never was",
        _ when lease.Id != id => "names itself differently inside",
        _ when lease.Run.Length > 200 || lease.Fault.Length > 200 => "has a name of more than 200 letters",
        _ when lease.TtlSeconds is { } ttl && !(ttl > 0 && ttl <= LongestTtl) => "lasts for no time from 0 to 7 days",
        _ when FlawOf(lease.Owner) is { } flaw => "has an owner " + flaw,
        _ => FlawOf(lease.Heal),
    };

    private static string? FlawOf(HealAction heal) => heal switch
    {
        HealAction.ResumeProcess resume => FlawOf(resume.Process) is { } flaw ? "resumes a process " + flaw : null,
        HealAction.EndProcess end => FlawOf(end.Process) is { } flaw ? "ends a process " + flaw : null,
        HealAction.UnpauseContainer unpause => FlawOf(unpause.Socket, unpause.Container),
        HealAction.StartContainer start => FlawOf(start.Socket, start.Container),
        HealAction.ConnectNetwork connect => FlawOf(connect.Socket, connect.Container)
            ?? (!IsId(connect.Network) ? "names a network by no full id"
                : connect.Aliases.Count > 32 || connect.Aliases.Any(alias => !Alias().IsMatch(alias)) ? "gives aliases that are no names"
                : connect.Address is { } address && !System.Net.IPAddress.TryParse(address, out _) ? "gives an address that is none"
                : null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? FlawOf(ProcessIdentity process) =>
        process.Pid <= 1 ? "with a number that no victim has"
        : process.Start < 0 ? "that started before the machine"
        : process.Boot.Length is 0 or > 64 || process.Namespace.Length is 0 or > 64 ? "without the boot and namespace that it belongs to"
        : null;

    private static string? FlawOf(string socket, string container) =>
        !Path.IsPathFullyQualified(socket) || socket.Length > LongestSocket ? "names no socket by a full path"
        : !IsId(container) ? "names a container by no full id"
        : null;

    private static bool IsId(string id) => id.Length == 64 && !id.AsSpan().ContainsAnyExcept(Hexadecimal);

    private static int? VersionOf(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schema", out var schema) && schema.TryGetInt32(out var version) ? version : null;
        }
        catch (Exception flaw) when (flaw is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string FirstLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0];

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$")]
    private static partial Regex Alias();
}
