using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Wallets;

namespace Concert.Booking.Storage;

/// <summary>A document of the domain as it is written: see <see cref="StoredDocument"/> for the properties the store knows.</summary>
public interface IDocument
{
    string Id { get; }

    string Type { get; }
}

/// <summary>A document and the ETag it was read at; null when it is not stored yet.</summary>
public readonly record struct Versioned<T>(T Value, string? ETag)
    where T : class, IDocument;

/// <summary>Documents to JSON and back.</summary>
public static class DocumentJson
{
    public static byte[] Write<T>(T document)
        where T : class, IDocument =>
        JsonSerializer.SerializeToUtf8Bytes(document, typeof(T), DocumentJsonContext.Default);

    public static T Read<T>(StoredDocument document)
        where T : class, IDocument =>
        (T?)JsonSerializer.Deserialize(document.Json.Span, typeof(T), DocumentJsonContext.Default)
        ?? throw new JsonException($"Document {document.Id} is null.");

    public static Versioned<T>? ReadVersioned<T>(StoredDocument? document)
        where T : class, IDocument =>
        document is null ? null : new Versioned<T>(Read<T>(document), document.ETag);

    /// <summary>Create when it was not stored, replace if it is unchanged otherwise.</summary>
    public static DocumentOperation Put<T>(T document, string? etag)
        where T : class, IDocument =>
        etag is null ? new DocumentOperation.Create(document.Id, Write(document)) : new DocumentOperation.Replace(document.Id, Write(document), etag);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConcertDocument))]
[JsonSerializable(typeof(ScheduleDocument))]
[JsonSerializable(typeof(ListingDocument))]
[JsonSerializable(typeof(ListingCompleteDocument))]
[JsonSerializable(typeof(CountersDocument))]
[JsonSerializable(typeof(SeatDocument))]
[JsonSerializable(typeof(ReservationDocument))]
[JsonSerializable(typeof(LimitDocument))]
[JsonSerializable(typeof(DeadLetterDocument))]
[JsonSerializable(typeof(RequestEntryDocument))]
[JsonSerializable(typeof(ClaimDocument))]
[JsonSerializable(typeof(WalletDocument))]
[JsonSerializable(typeof(LedgerDocument))]
[JsonSerializable(typeof(PaymentDocument))]
internal sealed partial class DocumentJsonContext : JsonSerializerContext;
