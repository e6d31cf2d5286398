using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>One container's documents, with the service's rules for writing them. The gateway's lock is held around each call.</summary>
internal sealed class GatewayContainer(string name, JsonObject definition, string rid)
{
    private const int MaxDocument = 2 * 1024 * 1024;

    private readonly Dictionary<(string Partition, string Id), GatewayDocument> _documents = [];
    private long _sequence;

    public string Name => name;

    public string Rid => rid;

    public JsonObject Definition => definition;

    public string PartitionProperty => definition["partitionKey"]!["paths"]![0]!.GetValue<string>()[1..];

    /// <summary>The log sequence number that session tokens carry.</summary>
    public long Lsn { get; private set; } = 1;

    public IEnumerable<GatewayDocument> Living(long now) => _documents.Values.Where(document => !document.Expired(now)).OrderBy(document => document.Sequence);

    public GatewayDocument? Find(string partition, string id, long now) =>
        _documents.TryGetValue((partition, id), out var document) && !document.Expired(now) ? document : null;

    /// <summary>Applies all operations, or none when one fails: then that one has its status and the others 424.</summary>
    public IReadOnlyList<OperationOutcome> Apply(string partition, IReadOnlyList<GatewayOperation> operations, long now)
    {
        var staged = new Dictionary<string, GatewayDocument?>(StringComparer.Ordinal);
        var outcomes = new List<OperationOutcome>();
        foreach (var operation in operations)
        {
            var outcome = Apply(partition, operation, staged, now);
            outcomes.Add(outcome);
            if (!outcome.Succeeded)
            {
                var failed = outcomes.Count - 1;
                return [.. operations.Select((_, i) => i == failed ? outcome : new OperationOutcome(424, 0))];
            }
        }

        foreach (var (id, document) in staged)
        {
            if (document is null)
            {
                _documents.Remove((partition, id));
            }
            else
            {
                _documents[(partition, id)] = document;
            }
        }

        Lsn++;
        return outcomes;
    }

    private OperationOutcome Apply(string partition, GatewayOperation operation, Dictionary<string, GatewayDocument?> staged, long now)
    {
        var id = operation.Id ?? operation.Body?["id"]?.GetValue<string>();
        if (string.IsNullOrEmpty(id) || id.Length > 255 || id.AsSpan().ContainsAny("/\\?#"))
        {
            return Failed(400, $"The id '{id}' is not allowed.");
        }

        var current = staged.TryGetValue(id, out var waiting) ? waiting : Find(partition, id, now);
        if (operation.Kind is "Replace" or "Delete" or "Patch" && current is null)
        {
            return Failed(404, "Resource Not Found");
        }

        if (operation.Kind == "Create" && current is not null)
        {
            return Failed(409, "Resource with specified id already exists");
        }

        if (operation.IfMatch is { } etag && current is not null && etag != current.ETag)
        {
            return Failed(412, "Precondition Failed");
        }

        return operation.Kind switch
        {
            "Delete" => Removed(id, current!, staged),
            "Patch" => Patched(partition, id, operation.Body!, current!, staged, now),
            _ => Written(partition, id, operation.Body!, current, staged, now),
        };
    }

    private OperationOutcome Removed(string id, GatewayDocument current, Dictionary<string, GatewayDocument?> staged)
    {
        staged[id] = null;
        return new OperationOutcome(204, PublishedCharges.Delete(current, this));
    }

    private OperationOutcome Patched(
        string partition, string id, JsonObject patch, GatewayDocument current, Dictionary<string, GatewayDocument?> staged, long now)
    {
        if (patch["condition"] is { } condition && !new SqlFilter(condition.GetValue<string>(), new Dictionary<string, JsonNode?>()).Matches(current.Json))
        {
            return Failed(412, "The condition of the patch does not hold.");
        }

        var operations = patch["operations"]!.AsArray();
        if (operations.Count is 0 or > 10)
        {
            return Failed(400, "A patch has 1 to 10 operations.");
        }

        var json = (JsonObject)current.Json.DeepClone();
        foreach (var operation in operations)
        {
            var (path, value) = (operation!["path"]!.GetValue<string>()[1..], operation["value"]!.AsValue().GetValue<decimal>());
            if (operation["op"]!.GetValue<string>() != "incr" || json[path] is { } old && old.GetValueKind() != System.Text.Json.JsonValueKind.Number)
            {
                return Failed(400, "Only numbers can be incremented.");
            }

            json[path] = (json[path]?.AsValue().GetValue<decimal>() ?? 0) + value;
        }

        return Written(partition, id, json, current, staged, now);
    }

    private OperationOutcome Written(
        string partition, string id, JsonObject body, GatewayDocument? current, Dictionary<string, GatewayDocument?> staged, long now)
    {
        if (body[PartitionProperty]?.GetValue<string>() != partition || body["id"]?.GetValue<string>() != id)
        {
            return Failed(400, "The document names another id or partition than the request.");
        }

        var document = new GatewayDocument(partition, id, body, $"\"{Guid.NewGuid()}\"", now, current?.Sequence ?? ++_sequence);
        if (document.Size > MaxDocument)
        {
            return Failed(413, "Request size is too large");
        }

        staged[id] = document;
        var charge = current is null ? PublishedCharges.Create(document, this) : PublishedCharges.Replace(document, this);
        return new OperationOutcome(current is null ? 201 : 200, charge, document.ETag, document.Shown());
    }

    private static OperationOutcome Failed(int status, string error) => new(status, PublishedCharges.Refused, Error: error);
}
