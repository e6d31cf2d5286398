using System.Text.Json.Nodes;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>The binary body of a transactional batch and of its answer, with the schemas the SDK itself carries as a resource.</summary>
internal static class BatchCodec
{
    private static readonly Namespace Schemas = ReadSchemas();
    private static readonly LayoutResolverNamespace Resolver = new(Schemas);
    private static readonly Layout ResultLayout = Resolver.Resolve(Schemas.Schemas.First(schema => schema.Name == "BatchResult").SchemaId);

    public static async Task<IReadOnlyList<GatewayOperation>> ReadAsync(Stream body)
    {
        var operations = new List<GatewayOperation>();
        var result = await body.ReadRecordIOAsync(
            (ReadOnlyMemory<byte> record) =>
            {
                var row = new RowBuffer(record.Length);
                if (!row.ReadFrom(record.Span, HybridRowVersion.V1, Resolver))
                {
                    return Result.Failure;
                }

                var reader = new RowReader(ref row);
                operations.Add(ReadOperation(ref reader));
                return Result.Success;
            },
            resizer: new MemorySpanResizer<byte>(4096));
        return result == Result.Success ? operations : throw new InvalidDataException($"The batch cannot be read: {result}.");
    }

    public static async Task<byte[]> WriteAsync(IReadOnlyList<OperationOutcome> outcomes)
    {
        using var body = new MemoryStream();
        var result = await body.WriteRecordIOAsync(default, (long index, out ReadOnlyMemory<byte> buffer) =>
        {
            buffer = index < outcomes.Count ? WriteOutcome(outcomes[(int)index]) : default;
            return Result.Success;
        });
        return result == Result.Success ? body.ToArray() : throw new InvalidDataException($"The batch's answer cannot be written: {result}.");
    }

    private static GatewayOperation ReadOperation(ref RowReader reader)
    {
        int kind = -1;
        string? id = null, ifMatch = null;
        JsonObject? body = null;
        while (reader.Read())
        {
            switch ((string)reader.Path)
            {
                case "operationType":
                    Check(reader.ReadInt32(out kind));
                    break;
                case "id":
                    Check(reader.ReadString(out id));
                    break;
                case "ifMatch":
                    Check(reader.ReadString(out ifMatch));
                    break;
                case "resourceBody":
                    Check(reader.ReadBinary(out byte[] bytes));
                    body = JsonNode.Parse(bytes)!.AsObject();
                    break;
            }
        }

        return new GatewayOperation(Kind(kind), id, body, ifMatch);
    }

    private static ReadOnlyMemory<byte> WriteOutcome(OperationOutcome outcome)
    {
        var resizer = new MemorySpanResizer<byte>(512);
        var row = new RowBuffer(512, resizer);
        row.InitLayout(HybridRowVersion.V1, ResultLayout, Resolver);
        Check(RowWriter.WriteBuffer(ref row, outcome, WriteFields));
        return resizer.Memory[..row.Length].ToArray();
    }

    private static Result WriteFields(ref RowWriter writer, TypeArgument type, OperationOutcome outcome)
    {
        Check(writer.WriteInt32("statusCode", outcome.Status));
        Check(writer.WriteInt32("subStatusCode", 0));
        if (outcome.ETag is not null)
        {
            Check(writer.WriteString("eTag", outcome.ETag));
        }

        if (outcome.RetryAfterMilliseconds > 0)
        {
            Check(writer.WriteUInt32("retryAfterMilliseconds", (uint)outcome.RetryAfterMilliseconds));
        }

        Check(writer.WriteFloat64("requestCharge", outcome.Charge));
        return Result.Success;
    }

    /// <summary>The numbers of the wire protocol's operation types.</summary>
    private static string Kind(int operationType) => operationType switch
    {
        0 => "Create",
        1 => "Patch",
        4 => "Delete",
        5 => "Replace",
        20 => "Upsert",
        _ => throw new InvalidDataException($"Operation type {operationType} is not one of a batch."),
    };

    private static void Check(Result result)
    {
        if (result != Result.Success)
        {
            throw new InvalidDataException(result.ToString());
        }
    }

    private static Namespace ReadSchemas()
    {
        using var resource = typeof(CosmosClient).Assembly.GetManifestResourceStream("Microsoft.Azure.Cosmos.Batch.HybridRowBatchSchemas.json")!;
        using var reader = new StreamReader(resource);
        return Namespace.Parse(reader.ReadToEnd());
    }
}
