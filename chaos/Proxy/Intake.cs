using System.Runtime.CompilerServices;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>What a client sends: heads found, bodies passed on or thrown away.</summary>
internal static class Intake
{
    /// <returns>Length of the next request's head; 0 when none follows, -1 when there is one that is not to be understood.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<int> HeadAsync(Inbox client)
    {
        await client.SettleAsync().ConfigureAwait(false);
        while (true)
        {
            var bytes = client.Bytes;
            if (HeadScan.LengthOf(bytes.Span) is var length and > 0)
            {
                return length;
            }

            // What begins like this is no request, TLS for example: its rest may wait for an answer.
            if (client.IsFull || (!bytes.IsEmpty && bytes.Span[0] is < (byte)'!' or > (byte)'~'))
            {
                return -1;
            }

            if (await client.FillAsync().ConfigureAwait(false) == 0)
            {
                return bytes.IsEmpty ? 0 : -1;
            }
        }
    }

    /// <returns>False: the client ended in the middle of the body, and the upstream has been told.</returns>
    public static async Task<bool> UploadAsync(BodyReader body, Inbox client, PeerWire upstream)
    {
        while (!body.IsDone)
        {
            if (client.Bytes.IsEmpty && await client.FillAsync().ConfigureAwait(false) == 0)
            {
                upstream.EndSending();
                return false;
            }

            var taken = body.Skip(client.Bytes.Span);
            // Chunks that are none end where the upstream says so.
            taken = body.IsBroken ? client.Bytes.Length : taken;
            await upstream.SendAsync(client.Bytes[..taken]).ConfigureAwait(false);
            client.Drop(taken);
        }

        return true;
    }

    /// <exception cref="IOException">The body ends early.</exception>
    public static async Task DiscardAsync(RequestHead request, Inbox client)
    {
        var body = request.Body;
        client.Drop(request.Length);
        while (true)
        {
            client.Drop(body.Skip(client.Bytes.Span));
            if (body.IsDone)
            {
                return;
            }

            if (body.IsBroken || await client.FillAsync().ConfigureAwait(false) == 0)
            {
                throw new IOException("the request's body ended early");
            }
        }
    }
}
