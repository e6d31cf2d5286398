using System.Text.Json.Serialization;

namespace Concert.Booking.Idempotency;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClaimDocument))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
