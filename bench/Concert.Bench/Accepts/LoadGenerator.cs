using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Concert.Bench.Accepts;

/// <summary>What a round saw. Latencies in milliseconds, sorted.</summary>
internal sealed record Round(double PerSecond, int Answers, int Refused, double[] Latencies)
{
    public double Percentile(double share) => Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * share))];
}

/// <summary>Keep-alive connections, each sending its next request when the last one is answered. Raw sockets, so that the measuring costs little.</summary>
internal static class LoadGenerator
{
    public static async Task<Round> RunAsync(Uri url, IReadOnlyList<byte[]> requests, int connections, TimeSpan time, int firstRequest)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, url.Port);
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var watch = Stopwatch.StartNew();
        var next = firstRequest - 1;
        var lanes = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            () => DriveAsync(endpoint, end, () => requests[(Interlocked.Increment(ref next) & int.MaxValue) % requests.Count]))));
        var elapsed = watch.Elapsed;
        double[] latencies = [.. lanes.SelectMany(lane => lane.Latencies).Order()];
        return new Round(latencies.Length / elapsed.TotalSeconds, latencies.Length, lanes.Sum(lane => lane.Refused), latencies);
    }

    private static async Task<(List<double> Latencies, int Refused)> DriveAsync(IPEndPoint endpoint, long end, Func<byte[]> request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint);
        var (latencies, refused, buffer) = (new List<double>(16_384), 0, new byte[16_384]);
        while (Stopwatch.GetTimestamp() < end)
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request());
            refused += await ReceiveAsync(socket, buffer) is >= 200 and < 300 ? 0 : 1;
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (latencies, refused);
    }

    /// <summary>Reads one whole answer and gives its status.</summary>
    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        var (count, total) = (0, int.MaxValue);
        while (count < total)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(count));
            count += read > 0 ? read : throw new IOException("The server hung up.");
            if (total == int.MaxValue && buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8) is >= 0 and var headers)
            {
                total = headers + 4 + ContentLength(buffer.AsSpan(0, headers));
            }
        }

        return int.Parse(Encoding.ASCII.GetString(buffer, 9, 3));
    }

    private static int ContentLength(ReadOnlySpan<byte> headers)
    {
        var at = headers.IndexOf("Content-Length: "u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(headers[(at + 16)..], out int length, out _)
            ? length
            : throw new IOException("The answer has no length.");
    }
}
