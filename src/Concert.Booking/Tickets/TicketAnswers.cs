using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Reservations;
using Concert.Booking.States;

namespace Concert.Booking.Tickets;

/// <summary>Answers that showing a ticket and using it share.</summary>
internal static class TicketAnswers
{
    /// <summary>Why a reservation has no valid ticket; null stands for one that is on its way.</summary>
    public static Refusal NotValid(ReservationDocument? reservation, ScheduleDocument? schedule) => new(
        RefusalCode.NotValid,
        schedule is { CalledOff: not null } ? "The concert was called off."
            : reservation is { IsCancelling: true } ? "The reservation is being cancelled." : $"The reservation is {(reservation?.Status ?? ReservationStatus.Pending).Name()}.");

    public static string? InventoryName(SectionRef section, ScheduleDocument schedule) =>
        schedule.Inventory(section.Section)?.Name;
}
