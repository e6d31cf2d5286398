using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;

namespace Concert.Embedded.Storage;

/// <summary>The tables of documents on one connection.</summary>
internal sealed class DocumentTables(Connection connection)
{
    public DocumentTable[] All { get; } =
        [new(connection, DocumentContainer.Catalog), new(connection, DocumentContainer.Bookings), new(connection, DocumentContainer.Wallets)];

    public static DocumentTables On(Connection connection) => connection.Get(static at => new DocumentTables(at));

    public DocumentTable Of(DocumentContainer container) => container switch
    {
        DocumentContainer.Catalog => All[0],
        DocumentContainer.Bookings => All[1],
        DocumentContainer.Wallets => All[2],
        _ => throw new ArgumentOutOfRangeException(nameof(container), container, "Unknown container."),
    };
}
