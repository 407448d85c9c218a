using ChaosBench.Chaos.Proxy.Faults;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>The stream, HTTP and connection faults: the one place that knows them all.</summary>
public static class ProxyFaults
{
    private static readonly (FaultKind Kind, Func<PlannedFault, ProxyFault> Make)[] Known =
    [
        (StreamSlowFirstToken.Kind, planned => new StreamSlowFirstToken(planned)),
        (StreamSlowDrip.Kind, planned => new StreamSlowDrip(planned)),
        (StreamStall.Kind, planned => new StreamStall(planned)),
        (StreamCut.Kind, planned => new StreamCut(planned)),
        (StreamMalformedSse.Kind, planned => new StreamMalformedSse(planned)),
        (StreamDuplicateChunk.Kind, planned => new StreamDuplicateChunk(planned)),
        (StreamReorderChunk.Kind, planned => new StreamReorderChunk(planned)),
        (StreamDropChunk.Kind, planned => new StreamDropChunk(planned)),
        (StreamErrorInBand.Kind, planned => new StreamErrorInBand(planned)),
        (StreamMissingDone.Kind, planned => new StreamMissingDone(planned)),
        (StreamMissingUsage.Kind, planned => new StreamMissingUsage(planned)),
        (StreamWrongFinishReason.Kind, planned => new StreamWrongFinishReason(planned)),
        (LegalComments.Kind, planned => new LegalComments(planned)),
        (LegalCrLf.Kind, planned => new LegalCrLf(planned)),
        (LegalChunking.Kind, planned => new LegalChunking(planned)),
        (LegalSplit.Kind, planned => new LegalSplit(planned)),
        (HttpRateLimit.Kind, planned => new HttpRateLimit(planned)),
        (HttpStatus.Kind500, planned => new HttpStatus(planned, 500)),
        (HttpStatus.Kind502, planned => new HttpStatus(planned, 502)),
        (HttpStatus.Kind503, planned => new HttpStatus(planned, 503)),
        (HttpStatus.Kind504, planned => new HttpStatus(planned, 504)),
        (HttpWrongContent.PageKind, HttpWrongContent.Page),
        (HttpWrongContent.JsonKind, HttpWrongContent.Json),
        (HttpWrongContent.EmptyKind, HttpWrongContent.Empty),
        (HttpTruncatedBody.Kind, planned => new HttpTruncatedBody(planned)),
        (HttpSlowHeaders.Kind, planned => new HttpSlowHeaders(planned)),
        (ConnectionReset.Kind, planned => new ConnectionReset(planned)),
        (ConnectionRefuse.Kind, planned => new ConnectionRefuse(planned)),
        (ConnectionBlackhole.Kind, planned => new ConnectionBlackhole(planned)),
        (ConnectionGateway.DnsKind, ConnectionGateway.Dns),
        (ConnectionGateway.TlsKind, ConnectionGateway.Tls),
        (ConnectionChurn.Kind, planned => new ConnectionChurn(planned)),
        (ConnectionBandwidth.Kind, planned => new ConnectionBandwidth(planned)),
        (ConnectionJitter.Kind, planned => new ConnectionJitter(planned)),
    ];

    public static IReadOnlyList<FaultKind> Catalogue { get; } = [.. Known.Select(known => known.Kind)];

    public static bool Handles(string kind) => Known.Any(known => known.Kind.Name == kind);

    /// <summary>The fault, ready to be put in place once.</summary>
    /// <exception cref="FaultRefusedException">It is none of these, or asks for what it cannot do.</exception>
    public static ProxyFault Create(PlannedFault planned)
    {
        var make = Known.FirstOrDefault(known => known.Kind.Name == planned.Fault.Kind).Make
            ?? throw new FaultRefusedException($"{planned.Fault.Id}: '{planned.Fault.Kind}' is no fault of the proxy; see 'chaosbench faults list'.");
        var fault = make(planned);
        if (fault is ListenerFault && planned.Fault.Share.Value < 1)
        {
            fault.Dispose();
            throw new FaultRefusedException(
                $"{planned.Fault.Id} ({planned.Fault.Kind}) shuts the endpoint for everybody and has no coin; leave share out.");
        }

        return fault;
    }
}
