using System.Text.Json.Serialization;

namespace Concert.Booking.Reservations;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SeatDocument))]
[JsonSerializable(typeof(ReservationDocument))]
[JsonSerializable(typeof(LimitDocument))]
[JsonSerializable(typeof(DeadLetterDocument))]
[JsonSerializable(typeof(RequestEntryDocument))]
internal sealed partial class ReservationsJson : JsonSerializerContext;
