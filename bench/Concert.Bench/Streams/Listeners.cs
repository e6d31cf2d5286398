using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Concert.Bench.Streams;

/// <summary>Pages that listen, on raw sockets: each says when it was told to look at the map.</summary>
internal sealed class Listeners : IDisposable
{
    private const int AtOnce = 100;

    /// <summary>Sources of the loopback; one address has fewer ports than there may be listeners.</summary>
    private const int PerAddress = 5_000;

    private static readonly byte[] Told = "event: seats"u8.ToArray();

    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly long[] _toldAt;
    private int _told;
    private int _lost;

    private Listeners(int count) => _toldAt = new long[count];

    /// <summary>How many have been told since <see cref="Forget"/>.</summary>
    public int Count => Volatile.Read(ref _told);

    /// <summary>Streams that have ended.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Opens a stream for each request, and returns when each has been told for the first time.</summary>
    public static async Task<Listeners> OpenAsync(Uri url, IReadOnlyList<byte[]> requests)
    {
        var listeners = new Listeners(requests.Count);
        foreach (var some in Enumerable.Range(0, requests.Count).Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(i => listeners.OpenAsync(url, i, requests[i])));
        }

        return listeners;
    }

    public void Forget()
    {
        Array.Clear(_toldAt);
        Volatile.Write(ref _told, 0);
    }

    /// <summary>Milliseconds from then on until each was told, sorted.</summary>
    public double[] Since(long then) => [.. _toldAt.Where(at => at > 0).Select(at => Stopwatch.GetElapsedTime(then, at).TotalMilliseconds).Order()];

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private async Task OpenAsync(Uri url, int number, byte[] request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (number / PerAddress))]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, url.Port);
        await socket.SendAsync(request);
        var buffer = new byte[1024];
        var read = await socket.ReceiveAsync(buffer);
        var head = Encoding.ASCII.GetString(buffer, 0, read);
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Listener {number} was refused: {head}");
        }

        _ = ListenAsync(socket, number, buffer, buffer.AsSpan(0, read).IndexOf(Told) >= 0);
    }

    private async Task ListenAsync(Socket socket, int number, byte[] buffer, bool isTold)
    {
        try
        {
            while (true)
            {
                if (isTold && Interlocked.CompareExchange(ref _toldAt[number], Stopwatch.GetTimestamp(), 0) == 0)
                {
                    Interlocked.Increment(ref _told);
                }

                // An event is written at once, and comes at once.
                var read = await socket.ReceiveAsync(buffer);
                if (read == 0)
                {
                    break;
                }

                isTold = buffer.AsSpan(0, read).IndexOf(Told) >= 0;
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Counted below, as what has ended.
        }

        Interlocked.Increment(ref _lost);
    }
}
