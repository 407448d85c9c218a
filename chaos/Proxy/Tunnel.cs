using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>What is no HTTP, or none any more: bytes both ways, unread, until both ends have said that no more follows.</summary>
internal static class Tunnel
{
    /// <exception cref="IOException">One side broke its connection; the other one's is broken too.</exception>
    public static Task BothWaysAsync(Inbox fromClient, PeerWire upstream, Inbox fromUpstream, PeerWire client) =>
        Task.WhenAll(PourAsync(fromClient, upstream), PourAsync(fromUpstream, client));

    private static async Task PourAsync(Inbox from, PeerWire to)
    {
        try
        {
            await from.SettleAsync().ConfigureAwait(false);
            do
            {
                await to.SendAsync(from.Bytes).ConfigureAwait(false);
                from.Drop(from.Bytes.Length);
            }
            while (await from.FillAsync().ConfigureAwait(false) > 0);

            to.EndSending();
        }
        catch (IOException)
        {
            to.Abort();
            throw;
        }
    }
}
