using System.Text.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;

namespace Concert.Testing.Promises.Documents;

/// <summary>Reads the documents that the rules look at.</summary>
public static class DocumentReading
{
    /// <summary>What kind of document it says it is.</summary>
    public static string? TypeOf(StoredDocument stored)
    {
        var reader = new Utf8JsonReader(stored.Json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                return reader.GetString();
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Null for a type that no rule looks at.</summary>
    public static IDocument? Parse(string? type, StoredDocument stored) => type switch
    {
        "sale" => DocumentJson.Read<SaleDocument>(stored),
        "counters" => DocumentJson.Read<CountersDocument>(stored),
        "seat" => DocumentJson.Read<SeatDocument>(stored),
        "reservation" => DocumentJson.Read<ReservationDocument>(stored),
        "call-off" => DocumentJson.Read<CallOffDocument>(stored),
        "limit" => DocumentJson.Read<LimitDocument>(stored),
        "request-entry" => DocumentJson.Read<RequestEntryDocument>(stored),
        "wallet" => DocumentJson.Read<WalletDocument>(stored),
        "ledger" => DocumentJson.Read<LedgerDocument>(stored),
        "payment" => DocumentJson.Read<PaymentDocument>(stored),
        "claim" => DocumentJson.Read<ClaimDocument>(stored),
        "outbox" => DocumentJson.Read<OutboxDocument>(stored),
        "delivery" => DocumentJson.Read<DeliveryDocument>(stored),
        "dead" => DocumentJson.Read<DeadLetterDocument>(stored),
        _ => null,
    };
}
