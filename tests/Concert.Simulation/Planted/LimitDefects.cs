using Concert.Booking.Reservations;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;

namespace Concert.Simulation.Planted;

/// <summary>Says that places were given back, and counts them still.</summary>
internal sealed class LimitKept(IDocumentStore inner) : StoreDefect(inner)
{
    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) =>
        operations.Count == 2 && operations.Any(o => o is DocumentOperation.Replace r && r.Id.StartsWith(RequestEntryDocument.Prefix, StringComparison.Ordinal))
            && operations.Any(o => o.Id.StartsWith(LimitDocument.Prefix, StringComparison.Ordinal))
            ? []
            : operations;
}

/// <summary>Does not see that a reservation's places are counted already.</summary>
internal sealed class LimitCountedTwice(IDocumentStore inner) : StoreDefect(inner)
{
    protected override StoredDocument? Seen(StoredDocument? document) =>
        document?.Id.StartsWith(RequestEntryDocument.Prefix, StringComparison.Ordinal) == true
            && DocumentJson.Read<RequestEntryDocument>(document) is { Status: EntryStatus.Counted } entry
            ? document with { Json = DocumentJson.Write(entry with { Status = null }) }
            : document;
}

/// <summary>Forgets whose holds a reservation has taken over.</summary>
internal sealed class TakeOverForgotten(IDocumentStore inner) : StoreDefect(inner)
{
    protected override StoredDocument? Seen(StoredDocument? document) =>
        document?.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal) == true
            ? document with { Json = DocumentJson.Write(DocumentJson.Read<ReservationDocument>(document) with { TookOver = null }) }
            : document;
}
