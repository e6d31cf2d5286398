using System.Text.Json.Serialization;

namespace Concert.Booking.Catalog;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConcertDocument))]
[JsonSerializable(typeof(ScheduleDocument))]
[JsonSerializable(typeof(SaleDocument))]
[JsonSerializable(typeof(CalledOff))]
[JsonSerializable(typeof(DoneDocument))]
[JsonSerializable(typeof(ListingDocument))]
[JsonSerializable(typeof(ListingCompleteDocument))]
[JsonSerializable(typeof(ScheduleEntryDocument))]
[JsonSerializable(typeof(DirectoryCompleteDocument))]
[JsonSerializable(typeof(CountersDocument))]
internal sealed partial class CatalogJson : JsonSerializerContext;
