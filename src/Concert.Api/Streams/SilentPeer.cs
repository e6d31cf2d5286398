using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;

namespace Concert.Api.Streams;

/// <summary>
/// Connections whose other side has gone without a word, like a phone without a signal. The system goes on sending for a quarter of an hour before it gives
/// up, and for as long a stream would keep the place in line of somebody who is not there.
/// </summary>
internal static class SilentPeer
{
    private const int Tcp = 6;

    /// <summary>RFC 5482; <c>TCP_USER_TIMEOUT</c> of tcp(7), in milliseconds.</summary>
    private const int UserTimeout = 18;

    /// <summary>
    /// Ends the connection when the other side has confirmed nothing of what was sent for so long. On Linux and without a proxy in between, which confirms
    /// for itself; elsewhere the system's own limits and the stream's lifetime remain.
    /// </summary>
    public static void EndAfter(HttpContext http, TimeSpan silence)
    {
        if (!OperatingSystem.IsLinux() || http.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
        {
            return;
        }

        var milliseconds = (int)silence.TotalMilliseconds;
        try
        {
            socket.SetRawSocketOption(Tcp, UserTimeout, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in milliseconds)));
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Gone already: the request is aborted, too.
        }
    }
}
