using Concert.Booking.Catalog;
using Concert.Booking.Idempotency;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Simulation.Ports;

/// <summary>Reads what the judge looks at.</summary>
internal static class DocumentReading
{
    public static IDocument? Parse(string? type, StoredDocument stored) => type switch
    {
        "counters" => DocumentJson.Read<CountersDocument>(stored),
        "seat" => DocumentJson.Read<SeatDocument>(stored),
        "reservation" => DocumentJson.Read<ReservationDocument>(stored),
        "limit" => DocumentJson.Read<LimitDocument>(stored),
        "request-entry" => DocumentJson.Read<RequestEntryDocument>(stored),
        "wallet" => DocumentJson.Read<WalletDocument>(stored),
        "ledger" => DocumentJson.Read<LedgerDocument>(stored),
        "payment" => DocumentJson.Read<PaymentDocument>(stored),
        "claim" => DocumentJson.Read<ClaimDocument>(stored),
        "dead" => DocumentJson.Read<DeadLetterDocument>(stored),
        _ => null,
    };
}
