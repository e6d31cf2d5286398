using System.Text.Json;
using Concert.Recovery.Tests.Load;
using Concert.Recovery.Tests.Sales;

namespace Concert.Recovery.Tests.Judging;

/// <summary>A reservation as its user finds it when all is over.</summary>
internal sealed record FinalReservation(
    string Id, string UserId, string ScheduleId, ReservationSeen View, IReadOnlyList<string> Seats, int Places, long Total);

/// <summary>A payment as its user finds it when all is over.</summary>
internal sealed record FinalPayment(string Id, string ReservationId, string Status, long Amount, long Refund);

/// <summary>A wallet when all is over; the ledger oldest first.</summary>
internal sealed record FinalWallet(UserFacts User, long Balance, IReadOnlyList<LedgerSeen> Ledger);

/// <summary>A schedule when all is over.</summary>
internal sealed record FinalSchedule(Schedule Schedule, JsonElement Report, IReadOnlyDictionary<string, string> Seats);

/// <summary>What was said while the sale ran, and what is there when it has settled.</summary>
internal sealed record Evidence(
    Facts Facts,
    IReadOnlyList<FinalReservation> Reservations,
    IReadOnlyList<FinalPayment> Payments,
    IReadOnlyList<FinalWallet> Wallets,
    IReadOnlyList<FinalSchedule> Schedules)
{
    public string Summary =>
        $"{Facts.Users.Count} users, {Facts.Requests.Count(r => r.Id is not null)} accepted, " +
        $"{string.Join(", ", Reservations.GroupBy(r => r.View.Status).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}"))}, " +
        $"{Wallets.Sum(w => w.Ledger.Count)} ledger entries";
}
