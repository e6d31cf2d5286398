using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Testing.Fakes;

/// <summary>The documents that promises are about, read as the domain reads them.</summary>
internal static class DocumentReading
{
    public static IDocument? Parse(string? type, StoredDocument stored) => type switch
    {
        "counters" => DocumentJson.Read<CountersDocument>(stored),
        "seat" => DocumentJson.Read<SeatDocument>(stored),
        "reservation" => DocumentJson.Read<ReservationDocument>(stored),
        "limit" => DocumentJson.Read<LimitDocument>(stored),
        "wallet" => DocumentJson.Read<WalletDocument>(stored),
        "ledger" => DocumentJson.Read<LedgerDocument>(stored),
        "payment" => DocumentJson.Read<PaymentDocument>(stored),
        "idempotency" => DocumentJson.Read<IdempotencyDocument>(stored),
        "dead" => DocumentJson.Read<DeadLetterDocument>(stored),
        _ => null,
    };
}
