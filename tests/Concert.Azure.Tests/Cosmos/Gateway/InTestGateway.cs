using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>
/// The gateway of a Cosmos DB account, as far as the SDK asks it anything: an account with databases, containers on two physical partitions,
/// documents with ETags and TTL, atomic batches, queries, session tokens and request charges. It reads what the real SDK writes, and can fail on demand.
/// </summary>
internal sealed partial class InTestGateway : HttpMessageHandler
{
    public const string ConnectionString = "AccountEndpoint=https://gateway.test:443/;AccountKey=c2VjcmV0LWtleS1mb3ItdGhlLWluLXRlc3QtZ2F0ZXdheQ==;";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, GatewayContainer>> _databases = [];
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now = 1_900_000_000;
    private int _plans;

    /// <summary>Every request for documents, in order: method, what it was, session token.</summary>
    public ConcurrentQueue<(string Operation, string? SessionToken)> Requests { get; } = new();

    /// <summary>Done once a request hangs.</summary>
    public Task Hanging => _hanging.Task;

    /// <summary>How often a query's plan was asked for.</summary>
    public int Plans => _plans;

    /// <summary>The largest page of a query, whatever the caller asks for.</summary>
    public int MaxPage { get; set; } = 100;

    public void PassTime(TimeSpan time) => Interlocked.Add(ref _now, (long)time.TotalSeconds);

    /// <summary>The next requests for documents meet these, one each.</summary>
    public void Inject(params Fault[] faults) => Array.ForEach(faults, _faults.Enqueue);

    /// <summary>Makes the container forget everything, itself included.</summary>
    public void Drop(string database, string container)
    {
        lock (_lock)
        {
            _databases[database].Remove(container);
        }
    }

    public JsonObject ContainerDefinition(string database, string container)
    {
        lock (_lock)
        {
            return _databases[database][container].Definition;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var response = (path, request.Method.Method) switch
        {
            _ when !request.Headers.Contains("authorization") => Answer(401, Error("Unsigned")),
            ([], "GET") => Answer(200, Account()),
            (["dbs"], "POST") => CreateDatabase(await BodyAsync(request)),
            (["dbs", var database], "GET") => ReadDatabase(database),
            (["dbs", var database, "colls"], "POST") => CreateContainer(database, await BodyAsync(request)),
            (["dbs", var database, "colls", var container], "GET") => ReadContainer(database, container),
            (["dbs", var database, "colls", var container, "pkranges"], "GET") => ReadRanges(request, database, container),
            (["dbs", var database, "colls", var container, "docs", ..], _) => await WithFaultsAsync(request, database, container, path, cancellationToken),
            _ => Answer(405, Error($"{request.Method} {request.RequestUri.AbsolutePath} is nothing the gateway knows.")),
        };
        response.RequestMessage = request;
        return response;
    }

    private async Task<HttpResponseMessage> WithFaultsAsync(
        HttpRequestMessage request, string database, string container, string[] path, CancellationToken cancellationToken)
    {
        var planned = Is(request, "x-ms-cosmos-is-query-plan-request");
        _ = planned || !_faults.TryDequeue(out var fault) ? fault = null : fault;
        switch (fault)
        {
            case Fault.Answers answers:
                return Refused(answers);
            case Fault.Refuses refuses:
                throw new HttpRequestException(refuses.Error, "No connection.");
            case Fault.BreaksBefore:
                throw new HttpRequestException(HttpRequestError.Unknown, "The connection broke.");
            case Fault.Hangs:
                await HangAsync(cancellationToken);
                break;
        }

        var response = await DocumentsAsync(request, database, container, path, fault as Fault.FailsOperation);
        switch (fault)
        {
            case Fault.LosesAnswer:
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection broke before the answer.");
            case Fault.DoesAndHangs:
                await HangAsync(cancellationToken);
                break;
        }

        return response;
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        _hanging.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static HttpResponseMessage Refused(Fault.Answers fault)
    {
        var response = Answer(fault.Status, Error($"Injected {fault.Status}"), fault.Status == 429 ? 0 : 1);
        response.Headers.Add("x-ms-substatus", fault.SubStatus.ToString());
        if (fault.RetryAfterMilliseconds is { } wait)
        {
            response.Headers.Add("x-ms-retry-after-ms", wait.ToString());
        }

        return response;
    }

    private static HttpResponseMessage Answer(int status, JsonNode? body, double charge = 0)
    {
        var content = new ByteArrayContent(body is null ? [] : System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new("application/json");
        return Answer(status, content, charge);
    }

    private static HttpResponseMessage Answer(int status, HttpContent content, double charge)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
        response.Headers.Add("x-ms-activity-id", Guid.NewGuid().ToString());
        response.Headers.Add("x-ms-request-charge", charge.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return response;
    }

    private static JsonObject Error(string message) => new() { ["code"] = "Error", ["message"] = message };

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static bool Is(HttpRequestMessage request, string header) => bool.TryParse(Header(request, header), out var value) && value;

    private static async Task<JsonObject> BodyAsync(HttpRequestMessage request) =>
        (await JsonNode.ParseAsync(await request.Content!.ReadAsStreamAsync()))!.AsObject();
}
