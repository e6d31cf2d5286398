using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Cosmos.Gateway;

internal sealed partial class InTestGateway
{
    private const int MaxBatch = 100;
    private const int MaxRequest = 2 * 1024 * 1024;

    private async Task<HttpResponseMessage> DocumentsAsync(
        HttpRequestMessage request, string database, string container, string[] path, Fault.FailsOperation? fault)
    {
        GatewayContainer? found;
        lock (_lock)
        {
            found = Find(database, container);
        }

        if (found is null)
        {
            var missing = Answer(404, Error("Owner resource does not exist"));
            missing.Headers.Add("x-ms-substatus", "1003");
            return missing;
        }

        var session = Header(request, "x-ms-session-token");
        if (Is(request, "x-ms-cosmos-is-query-plan-request"))
        {
            Interlocked.Increment(ref _plans);
            return Answer(200, Plan(await BodyAsync(request)));
        }

        if (Is(request, "x-ms-cosmos-is-batch-request"))
        {
            Requests.Enqueue(("batch", session));
            return await BatchAsync(request, found, fault);
        }

        if (path.Length == 6 && request.Method == HttpMethod.Get)
        {
            Requests.Enqueue(("read", session));
            return Read(found, Partition(request)!, path[5]);
        }

        if (Is(request, "x-ms-documentdb-isquery") || Is(request, "x-ms-documentdb-query"))
        {
            Requests.Enqueue(("query", session));
            return Query(request, found, await BodyAsync(request));
        }

        return Answer(405, Error($"{request.Method} on documents is nothing the adapter should need."));
    }

    private HttpResponseMessage Read(GatewayContainer container, string partition, string id)
    {
        lock (_lock)
        {
            var document = container.Find(partition, id, _now);
            var response = document is null ? Answer(404, Error("Resource Not Found"), 1) : Answer(200, document.Shown(), PublishedCharges.Read(document.Size));
            if (document is not null)
            {
                response.Headers.TryAddWithoutValidation("ETag", document.ETag);
            }

            return WithSession(response, container.Lsn, PartitionRanges.Of(partition));
        }
    }

    private async Task<HttpResponseMessage> BatchAsync(HttpRequestMessage request, GatewayContainer container, Fault.FailsOperation? fault)
    {
        if (!Is(request, "x-ms-cosmos-batch-atomic") || Partition(request) is not { } partition)
        {
            return Answer(400, Error("A batch is atomic and has a partition key."));
        }

        var body = await request.Content!.ReadAsByteArrayAsync();
        var operations = await BatchCodec.ReadAsync(new MemoryStream(body));
        if (body.Length > MaxRequest || operations.Count > MaxBatch)
        {
            return Answer(body.Length > MaxRequest ? 413 : 400, Error("The batch is too large."));
        }

        IReadOnlyList<OperationOutcome> outcomes;
        long lsn;
        lock (_lock)
        {
            outcomes = fault is null ? container.Apply(partition, operations, _now) : [.. operations.Select((_, i) => RolledBack(i, fault))];
            lsn = container.Lsn;
        }

        var status = outcomes.All(outcome => outcome.Succeeded) ? 200 : 207;
        var answer = new ByteArrayContent(await BatchCodec.WriteAsync(outcomes));
        return WithSession(Answer(status, answer, Math.Round(outcomes.Sum(outcome => outcome.Charge), 2)), lsn, PartitionRanges.Of(partition));
    }

    private static OperationOutcome RolledBack(int index, Fault.FailsOperation fault) => index == fault.Index
        ? new OperationOutcome(fault.Status, 0, RetryAfterMilliseconds: fault.RetryAfterMilliseconds)
        : new OperationOutcome(424, 0);

    private HttpResponseMessage Query(HttpRequestMessage request, GatewayContainer container, JsonObject body)
    {
        var parameters = body["parameters"]?.AsArray().ToDictionary(parameter => parameter!["name"]!.GetValue<string>(), parameter => parameter!["value"]) ?? [];
        var filter = new SqlFilter(body["query"]!.GetValue<string>(), parameters);
        var partition = Partition(request);
        var range = Header(request, "x-ms-documentdb-partitionkeyrangeid")?.Split(',').Last();
        if (partition is null && range is null)
        {
            return Answer(400, Error("Cross partition query needs a range."));
        }

        lock (_lock)
        {
            var matching = container.Living(_now)
                .Where(document => partition is null ? PartitionRanges.Of(document.Partition) == range : document.Partition == partition)
                .Where(document => filter.Matches(document.Json));
            var all = (filter.OrderedById ? matching.OrderBy(document => document.Id, StringComparer.Ordinal) : matching).ToList();
            var from = int.Parse(Header(request, "x-ms-continuation") ?? "0");
            var asked = int.Parse(Header(request, "x-ms-max-item-count") ?? "-1");
            var page = all.Skip(from).Take(asked < 0 ? MaxPage : Math.Min(asked, MaxPage)).ToList();
            var response = Answer(
                200,
                new JsonObject { ["_rid"] = container.Rid, ["Documents"] = new JsonArray([.. page.Select(document => document.Shown())]), ["_count"] = page.Count },
                PublishedCharges.Query(page));
            if (from + page.Count < all.Count)
            {
                response.Headers.Add("x-ms-continuation", (from + page.Count).ToString());
            }

            return WithSession(response, container.Lsn, range ?? PartitionRanges.Of(partition!));
        }
    }

    /// <summary>Where the SDK has no native query planner it asks for the plan; none of the adapter's queries needs more than "all ranges".</summary>
    private static JsonObject Plan(JsonObject body)
    {
        var filter = new SqlFilter(
            body["query"]!.GetValue<string>(),
            body["parameters"]?.AsArray().ToDictionary(parameter => parameter!["name"]!.GetValue<string>(), parameter => parameter!["value"]) ?? []);
        return new JsonObject
        {
            ["partitionedQueryExecutionInfoVersion"] = 2,
            ["queryInfo"] = new JsonObject
            {
                ["distinctType"] = "None",
                ["orderBy"] = filter.OrderedById ? new JsonArray("Ascending") : new JsonArray(),
                ["orderByExpressions"] = filter.OrderedById ? new JsonArray("c.id") : new JsonArray(),
                ["groupByExpressions"] = new JsonArray(),
                ["aggregates"] = new JsonArray(),
                ["hasSelectValue"] = false,
                ["rewrittenQuery"] = "",
            },
            ["queryRanges"] = new JsonArray(new JsonObject { ["min"] = "", ["max"] = "FF", ["isMinInclusive"] = true, ["isMaxInclusive"] = false }),
        };
    }

    private static string? Partition(HttpRequestMessage request) =>
        Header(request, "x-ms-documentdb-partitionkey") is { } header ? JsonNode.Parse(header)![0]!.GetValue<string>() : null;

    private static HttpResponseMessage WithSession(HttpResponseMessage response, long lsn, string range)
    {
        response.Headers.Add("x-ms-session-token", $"{range}:-1#{lsn}");
        response.Headers.Add("lsn", lsn.ToString());
        return response;
    }
}
