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

/// <summary>Does not note that the places of what has ended are still to be given back.</summary>
internal sealed class EndNotNoted(IDocumentStore inner) : StoreDefect(inner)
{
    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) => [.. operations.Select(o =>
        o is DocumentOperation.Replace replace && o.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<ReservationDocument>(new StoredDocument(o.Id, replace.Json, "")) is { HasEnded: true } ended
            ? replace with { Json = DocumentJson.Write(ended with { Due = null }) }
            : o)];
}
