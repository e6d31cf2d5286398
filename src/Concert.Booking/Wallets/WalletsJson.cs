using System.Text.Json.Serialization;

namespace Concert.Booking.Wallets;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WalletDocument))]
[JsonSerializable(typeof(LedgerDocument))]
[JsonSerializable(typeof(PaymentDocument))]
internal sealed partial class WalletsJson : JsonSerializerContext;
