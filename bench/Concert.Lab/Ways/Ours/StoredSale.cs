using System.Globalization;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Lab.Judging;
using Reservation = Concert.Lab.Judging.Reservation;

namespace Concert.Lab.Ways.Ours;

/// <summary>Reads back from the service's own documents.</summary>
internal sealed class StoredSale(IDocumentStore store)
{
    /// <param name="user">Whose wallet.</param>
    /// <param name="opening">The reference of the charge that is no operation; the others' is their operation.</param>
    public async Task<Evidence> ReadWalletAsync(string user, string opening)
    {
        var partition = new PartitionRef(DocumentContainer.Wallets, user);
        var wallet = (await store.ReadAsync(partition, WalletDocument.DocumentId, CancellationToken.None))!;

        var entries = (await AllAsync(partition, LedgerDocument.Prefix)).Select(DocumentJson.Read<LedgerDocument>).Where(entry => entry.Reference != opening)
            .Select(entry => new LedgerEntry(int.Parse(entry.Reference, CultureInfo.InvariantCulture), entry.Amount)).ToList();

        // What a time limit cut off may still be on its way: then all is read again.
        if ((await store.ReadAsync(partition, WalletDocument.DocumentId, CancellationToken.None))!.ETag != wallet.ETag)
        {
            return await ReadWalletAsync(user, opening);
        }

        // The opening charge is the first entry.
        var (balance, changes) = (DocumentJson.Read<WalletDocument>(wallet).Balance, DocumentJson.Read<WalletDocument>(wallet).Entries - 1);
        return Evidence.OfWallet(balance, changes, entries);
    }

    /// <param name="schedule">What is on sale.</param>
    /// <param name="operations">By the code of the reservation that each led to.</param>
    /// <param name="taken">Places as they are counted; of seats nothing is.</param>
    public async Task<Evidence> ReadHoldsAsync(CreatedSchedule schedule, Dictionary<string, int> operations, int taken)
    {
        var (owners, found) = (new Dictionary<int, int>(), new List<Reservation>());
        var first = 0;
        foreach (var section in schedule.Sections.Select(some => some.SeatIds))
        {
            _ = SectionRef.TryParseSeat(section[0], out var place, out _);
            var (offset, numbers) = (first, section.Select((id, i) => (Number: int.Parse(id[(id.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture), Index: i))
                .ToDictionary(seat => seat.Number, seat => seat.Index));
            foreach (var seat in (await AllAsync(place.Partition, SeatDocument.Prefix)).Select(DocumentJson.Read<SeatDocument>).Where(seat => seat.Holder is not null))
            {
                owners[offset + numbers[seat.Number] + 1] = operations.GetValueOrDefault(seat.Holder!, Reservation.Unheard);
            }

            foreach (var held in await HeldAsync(place.Partition))
            {
                found.Add(new Reservation(operations.GetValueOrDefault(held.Code, Reservation.Unheard), [.. held.Seats!.Select(seat => offset + numbers[seat.Number] + 1)]));
            }

            first += section.Count;
        }

        foreach (var inventory in schedule.Inventories)
        {
            _ = SectionRef.TryParseInventory(inventory.Id, out var place);
            found.AddRange((await HeldAsync(place.Partition)).Select(held => new Reservation(operations.GetValueOrDefault(held.Code, Reservation.Unheard), [])));
        }

        return Evidence.OfHolds(owners, taken, found);
    }

    private async Task<IEnumerable<ReservationDocument>> HeldAsync(PartitionRef partition) =>
        (await AllAsync(partition, ReservationDocument.Prefix)).Select(DocumentJson.Read<ReservationDocument>).Where(r => r.Status == ReservationStatus.Held);

    private async Task<List<StoredDocument>> AllAsync(PartitionRef partition, string prefix)
    {
        var all = new List<StoredDocument>();
        string? after = null;
        do
        {
            var page = await store.QueryAsync(partition, new PartitionQuery(prefix, after), CancellationToken.None);
            all.AddRange(page.Items);
            after = page.Continuation;
        }
        while (after is not null);
        return all;
    }
}
