using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Tests.Support;

/// <summary>Sections, ids and commands for the pure decisions, made by hand.</summary>
internal static class Section
{
    public static SectionState Of(SectionRef section, params IDocument[] documents)
    {
        var state = new SectionState(section);
        foreach (var document in documents)
        {
            state.Add(document.Id, new StoredDocument(document.Id, Json(document), ETag(document.Id)));
        }

        return state;
    }

    public static string ETag(string documentId) => "etag of " + documentId;

    /// <summary>An id of the right form in queue session <paramref name="shard"/>; its tag is nobody's.</summary>
    public static ReservationId Id(SectionRef section, int shard, byte nonce)
    {
        var bytes = new byte[27];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(7), (ushort)shard);
        bytes[9] = nonce;
        return new ReservationId(section, Base64Url.EncodeToString(bytes));
    }

    /// <summary>A payment's code of the right form for a test's name of it, minted at the beginning of time.</summary>
    public static string PaymentCode(string name)
    {
        var bytes = new byte[25];
        bytes[0] = 1;
        Encoding.ASCII.GetBytes(name).AsSpan(0, Math.Min(name.Length, 18)).CopyTo(bytes.AsSpan(7));
        return Base64Url.EncodeToString(bytes);
    }

    public static ReserveCommand Reserve(ReservationId id, string user, DateTimeOffset acceptedAt, params int[] seats) =>
        new(id.ToString(), acceptedAt, user, seats, null);

    /// <summary>A hold that ends at <paramref name="ends"/> and its seats.</summary>
    public static IDocument[] Held(ReservationId id, string user, DateTimeOffset ends, params int[] seats) =>
        [.. Live(ReservationStatus.Held, SeatStatus.Held, id, user, ends, seats)];

    public static IDocument[] Live(ReservationStatus status, SeatStatus seatStatus, ReservationId id, string user, DateTimeOffset ends, params int[] seats)
    {
        var end = ends.ToUnixTimeMilliseconds();
        var reservation = new ReservationDocument(
            id.Code,
            status,
            user,
            [.. seats.Select(n => new SeatLine(n, World.SeatPrice))],
            null,
            seats.Length * World.SeatPrice,
            end - 300_000,
            [new HistoryLine(end - 300_000, ReservationStatus.Pending), new HistoryLine(end - 300_000, status)])
        {
            HoldEndsAt = end,
            Due = end + 15_000,
            Payment = status == ReservationStatus.Held ? null : "pay1",
        };
        return
        [
            reservation,
            .. seats.Select(n => new SeatDocument(n, seatStatus, id.Code, seatStatus == SeatStatus.Held ? end : null)),
        ];
    }

    /// <summary>A seat as the operations leave it; one that is freed needs no document.</summary>
    public static SeatDocument SeatIn(IReadOnlyList<DocumentOperation> operations, int number) =>
        operations.Single(o => o.Id == SeatDocument.IdOf(number)) is DocumentOperation.Delete delete && delete.IfMatch == ETag(delete.Id)
            ? SeatDocument.Available(number)
            : Written<SeatDocument>(operations, SeatDocument.IdOf(number));

    public static T Written<T>(IReadOnlyList<DocumentOperation> operations, string id)
        where T : class, IDocument<T> => operations.Single(o => o.Id == id) switch
        {
            DocumentOperation.Create create => DocumentJson.Read<T>(new StoredDocument(id, create.Json, "")),
            DocumentOperation.Replace replace when replace.IfMatch == ETag(id) => DocumentJson.Read<T>(new StoredDocument(id, replace.Json, "")),
            var other => throw new InvalidOperationException($"{other} neither creates nor replaces what was read."),
        };

    public static IReadOnlyDictionary<string, long> Counted(IReadOnlyList<DocumentOperation> operations) =>
        operations.OfType<DocumentOperation.Increment>().SingleOrDefault(o => o.Id == CountersDocument.DocumentId)?
            .Fields.ToDictionary(f => f.Field, f => f.Delta, StringComparer.Ordinal) ?? [];

    private static byte[] Json(IDocument document) => document switch
    {
        SeatDocument seat => DocumentJson.Write(seat),
        ReservationDocument reservation => DocumentJson.Write(reservation),
        CountersDocument counters => DocumentJson.Write(counters),
        _ => throw new InvalidOperationException($"{document.Type} is not of a section."),
    };
}
