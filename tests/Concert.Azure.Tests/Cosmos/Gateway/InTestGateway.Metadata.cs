using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Cosmos.Gateway;

internal sealed partial class InTestGateway
{
    private static JsonObject Account()
    {
        JsonArray Locations() => [new JsonObject { ["name"] = "Test", ["databaseAccountEndpoint"] = "https://gateway.test:443/" }];
        return new JsonObject
        {
            ["_self"] = "",
            ["id"] = "gateway",
            ["_rid"] = "gateway.test",
            ["media"] = "//media/",
            ["addresses"] = "//addresses/",
            ["_dbs"] = "//dbs/",
            ["writableLocations"] = Locations(),
            ["readableLocations"] = Locations(),
            ["enableMultipleWriteLocations"] = false,
            ["userReplicationPolicy"] = new JsonObject { ["asyncReplication"] = false, ["minReplicaSetSize"] = 3, ["maxReplicasetSize"] = 4 },
            ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
            ["systemReplicationPolicy"] = new JsonObject { ["minReplicaSetSize"] = 3, ["maxReplicasetSize"] = 4 },
            ["readPolicy"] = new JsonObject { ["primaryReadCoefficient"] = 1, ["secondaryReadCoefficient"] = 1 },
            ["queryEngineConfiguration"] = new JsonObject
            {
                ["maxSqlQueryInputLength"] = 262144,
                ["maxLogicalAndPerSqlQuery"] = 500,
                ["maxLogicalOrPerSqlQuery"] = 500,
                ["maxInExpressionItemsCount"] = 16000,
                ["queryMaxInMemorySortDocumentCount"] = 500,
                ["allowNewKeywords"] = true,
            }.ToJsonString(),
        };
    }

    private HttpResponseMessage CreateDatabase(JsonObject body)
    {
        lock (_lock)
        {
            return _databases.TryAdd(body["id"]!.GetValue<string>(), []) ? Answer(201, Database(body["id"]!.GetValue<string>())) : Answer(409, Error("Exists"));
        }
    }

    private HttpResponseMessage ReadDatabase(string database)
    {
        lock (_lock)
        {
            return _databases.ContainsKey(database) ? Answer(200, Database(database)) : Answer(404, Error("Owner resource does not exist"));
        }
    }

    private HttpResponseMessage CreateContainer(string database, JsonObject body)
    {
        lock (_lock)
        {
            var name = body["id"]!.GetValue<string>();
            if (!_databases.TryGetValue(database, out var containers))
            {
                return Answer(404, Error("Owner resource does not exist"));
            }

            // A resource id of a container: four bytes of the database, four of its own with the highest bit set.
            var rid = Convert.ToBase64String([1, 2, 3, 4, 0x80, 0, 0, (byte)(containers.Count + 1)]).Replace('/', '-');
            return containers.TryAdd(name, new GatewayContainer(name, body, rid)) ? Answer(201, Container(containers[name])) : Answer(409, Error("Exists"));
        }
    }

    private HttpResponseMessage ReadContainer(string database, string container)
    {
        lock (_lock)
        {
            return Find(database, container) is { } found ? Answer(200, Container(found)) : Answer(404, Error("Resource Not Found"));
        }
    }

    private HttpResponseMessage ReadRanges(HttpRequestMessage request, string database, string container)
    {
        GatewayContainer? found;
        lock (_lock)
        {
            found = Find(database, container);
        }

        if (found is null)
        {
            return Answer(404, Error("Resource Not Found"));
        }

        // A change feed: whoever has seen it is told that nothing changed.
        var response = request.Headers.IfNoneMatch.Count > 0 || Header(request, "If-None-Match") is not null
            ? Answer(304, null)
            : Answer(200, new JsonObject { ["_rid"] = found.Rid, ["PartitionKeyRanges"] = PartitionRanges.Json, ["_count"] = 2 });
        response.Headers.TryAddWithoutValidation("ETag", "\"1\"");
        return response;
    }

    /// <summary>The SDK names a container by its name or by its resource id.</summary>
    private GatewayContainer? Find(string database, string container) =>
        _databases.TryGetValue(database, out var containers)
            ? containers.GetValueOrDefault(container)
            : _databases.Values.SelectMany(all => all.Values).FirstOrDefault(candidate => candidate.Rid == container);

    private static JsonObject Database(string id) => new() { ["id"] = id, ["_rid"] = "AQIDBA==", ["_self"] = "dbs/AQIDBA==/", ["_etag"] = "\"1\"", ["_ts"] = 1 };

    private static JsonObject Container(GatewayContainer container)
    {
        var shown = (JsonObject)container.Definition.DeepClone();
        shown["_rid"] = container.Rid;
        shown["_self"] = $"dbs/AQIDBA==/colls/{container.Rid}/";
        shown["_etag"] = "\"1\"";
        shown["_ts"] = 1;
        return shown;
    }
}
