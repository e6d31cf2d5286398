using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Telemetry;

/// <summary>Application Insights' endpoint: keeps what the real exporter sends to it.</summary>
internal sealed class Ingestion : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public Ingestion()
    {
        // The listener takes no port of the system's choosing.
        for (var port = 46_000; ; port++)
        {
            try
            {
                _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
                _listener.Start();
                Address = $"http://127.0.0.1:{port}/";
                break;
            }
            catch (HttpListenerException) when (port < 47_000)
            {
                // Somebody else has it.
            }
        }

        _loop = ReceiveAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<JsonNode> Items { get; } = [];

    /// <summary>The data of every item of a type, e.g. <c>MetricData</c>.</summary>
    public IReadOnlyList<JsonNode> Of(string type) => [.. Items.Where(i => (string?)i["data"]!["baseType"] == type).Select(i => i["data"]!["baseData"]!)];

    /// <summary>The points of a metric.</summary>
    public IReadOnlyList<JsonNode> Metric(string name) => [.. Of("MetricData").SelectMany(d => d["metrics"]!.AsArray()).OfType<JsonNode>().Where(m => (string?)m["name"] == name)];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await using var body = context.Request.Headers["Content-Encoding"] == "gzip"
                ? new GZipStream(context.Request.InputStream, CompressionMode.Decompress)
                : context.Request.InputStream;
            using var reader = new StreamReader(body);
            var count = 0;
            while (await reader.ReadLineAsync() is { } line)
            {
                Items.Enqueue(JsonNode.Parse(line)!);
                count++;
            }

            using var response = context.Response;
            await using var writer = new StreamWriter(response.OutputStream);
            await writer.WriteAsync($$"""{"itemsReceived":{{count}},"itemsAccepted":{{count}},"errors":[]}""");
        }
    }
}
