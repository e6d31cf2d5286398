using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Concert.Bench.Accepts;

/// <summary>What a round saw. Latencies in milliseconds, sorted; <paramref name="Refused"/> counts the answers that had another status than was expected, a success unless said.</summary>
internal sealed record Round(double PerSecond, int Answers, int Refused, double[] Latencies, double BytesOfAnswer)
{
    public double Percentile(double share) => Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * share))];
}

/// <summary>Keep-alive connections, each sending its next request when the last one is answered. Raw sockets, so that the measuring costs little.</summary>
internal static class LoadGenerator
{
    public static async Task<Round> RunAsync(
        Uri url, IReadOnlyList<byte[]> requests, int connections, TimeSpan time, int firstRequest, int? expected = null)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, url.Port);
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var watch = Stopwatch.StartNew();
        var next = firstRequest - 1;
        var lanes = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            () => DriveAsync(endpoint, end, () => requests[(Interlocked.Increment(ref next) & int.MaxValue) % requests.Count], expected))));
        var elapsed = watch.Elapsed;
        double[] latencies = [.. lanes.SelectMany(lane => lane.Latencies).Order()];
        return new Round(
            latencies.Length / elapsed.TotalSeconds, latencies.Length, lanes.Sum(lane => lane.Refused), latencies, lanes.Sum(lane => (double)lane.Bytes) / latencies.Length);
    }

    private static async Task<(List<double> Latencies, int Refused, long Bytes)> DriveAsync(IPEndPoint endpoint, long end, Func<byte[]> request, int? expected)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint);
        var (latencies, refused, bytes, reader) = (new List<double>(16_384), 0, 0L, new AnswerReader(socket));
        while (Stopwatch.GetTimestamp() < end)
        {
            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request());
            var answer = await reader.ReadAsync();
            refused += (expected is { } status ? answer.Status == status : answer.Status is >= 200 and < 300) ? 0 : 1;
            bytes += answer.Bytes;
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (latencies, refused, bytes);
    }
}
