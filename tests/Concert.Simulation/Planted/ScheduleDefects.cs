using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Simulation.Planted;

/// <summary>Reads what changes of a schedule once, and shows it for ever.</summary>
internal sealed class SaleReadOnce(IDocumentStore inner) : StoreDefect(inner)
{
    private readonly Dictionary<string, StoredDocument?> _read = new(StringComparer.Ordinal);

    public override async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        if (id.StartsWith(SaleDocument.Prefix, StringComparison.Ordinal) && _read.TryGetValue(id, out var known))
        {
            return known;
        }

        var read = await base.ReadAsync(partition, id, cancellationToken);
        if (id.StartsWith(SaleDocument.Prefix, StringComparison.Ordinal))
        {
            _read[id] = read;
        }

        return read;
    }
}

/// <summary>Does not see that sales are paused.</summary>
internal sealed class PauseOverlooked(IDocumentStore inner) : StoreDefect(inner)
{
    public override async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        var read = await base.ReadAsync(partition, id, cancellationToken);
        return read is not null && id.StartsWith(SaleDocument.Prefix, StringComparison.Ordinal)
            ? read with { Json = DocumentJson.Write(DocumentJson.Read<SaleDocument>(read) with { SalesPaused = false }) }
            : read;
    }
}

/// <summary>Gives a reservation that changes the price that its grade has by now.</summary>
internal sealed class PriceOfTheDay(IDocumentStore inner) : StoreDefect(inner)
{
    private long? _price;

    public override async Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken)
    {
        var read = await base.ReadAsync(partition, id, cancellationToken);
        if (read is not null && id.StartsWith(SaleDocument.Prefix, StringComparison.Ordinal))
        {
            _price = DocumentJson.Read<SaleDocument>(read).Grades?[0].Price;
        }

        return read;
    }

    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) =>
    [
        .. operations.Select(o => o is DocumentOperation.Replace replace && o.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal) && _price is { } price
            ? replace with { Json = Priced(DocumentJson.Read<ReservationDocument>(new StoredDocument(o.Id, replace.Json, "")), price) }
            : o),
    ];

    private static byte[] Priced(ReservationDocument reservation, long price) => DocumentJson.Write(
        reservation is { Seats: { } seats }
            ? reservation with { Seats = [.. seats.Select(line => line with { Price = price })], Total = price * seats.Count }
            : reservation);
}

/// <summary>Takes a blocked seat for a free one, and writes over it.</summary>
internal sealed class BlockOverlooked(IDocumentStore inner) : StoreDefect(inner)
{
    protected override StoredDocument? Seen(StoredDocument? document) =>
        document is not null && document.Id.StartsWith(SeatDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<SeatDocument>(document).Status == SeatStatus.Blocked
            ? null
            : document;

    protected override IReadOnlyList<DocumentOperation> Written(IReadOnlyList<DocumentOperation> operations) =>
    [
        .. operations.Select(o => o is DocumentOperation.Create create && o.Id.StartsWith(SeatDocument.Prefix, StringComparison.Ordinal)
            ? new DocumentOperation.Upsert(o.Id, create.Json)
            : o),
    ];
}
