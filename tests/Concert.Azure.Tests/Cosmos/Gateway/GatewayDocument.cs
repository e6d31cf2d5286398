using System.Text;
using System.Text.Json.Nodes;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>A stored document. Never changed in place: a write puts another one there, so that a batch can be taken back by forgetting it.</summary>
internal sealed record GatewayDocument(string Partition, string Id, JsonObject Json, string ETag, long Timestamp, long Sequence)
{
    public int Size => Encoding.UTF8.GetByteCount(Json.ToJsonString());

    public bool Expired(long now) => Json["ttl"] is JsonValue ttl && Timestamp + ttl.GetValue<double>() < now;

    /// <summary>As the service shows it: with its system properties.</summary>
    public JsonObject Shown()
    {
        var shown = (JsonObject)Json.DeepClone();
        shown["_rid"] = $"rid{Sequence}";
        shown["_self"] = "";
        shown["_etag"] = ETag;
        shown["_attachments"] = "attachments/";
        shown["_ts"] = Timestamp;
        return shown;
    }
}

/// <summary>How one operation ended.</summary>
internal sealed record OperationOutcome(int Status, double Charge, string? ETag = null, JsonObject? Body = null, string? Error = null, int RetryAfterMilliseconds = 0)
{
    public bool Succeeded => Status < 300;
}

/// <summary>One operation on one document, whether it came alone or in a batch.</summary>
internal sealed record GatewayOperation(string Kind, string? Id, JsonObject? Body, string? IfMatch);
