using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Lab.Works;

namespace Concert.Lab.Ways.Messaging;

/// <summary>Operations as the JSON of a message.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Operation))]
internal sealed partial class OperationMessage : JsonSerializerContext
{
    public static byte[] Write(Operation operation) => JsonSerializer.SerializeToUtf8Bytes(operation, Default.Operation);

    public static Operation Read(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize(body, Default.Operation)!;
}
