using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.States;

namespace Concert.Booking.Commands.Handling;

/// <summary>
/// Whether a dead-lettered command may be sent again: never where its user was answered no, and may have booked or paid otherwise since; else while there is
/// something left for it to do. Its handler decides as ever, so that one which comes too late does nothing.
/// </summary>
public static class SendAgainRules
{
    /// <summary>Whether commands of this kind leave no answer behind that another outcome would break.</summary>
    public static bool MayEver(Command command) => command is CancelCommand or ExpireCommand or ResumeCommand or CallOffCommand;

    /// <summary>Whether it may now, as its reservation stands.</summary>
    public static bool MayNow(Command command, ReservationDocument? reservation) => command switch
    {
        CancelCommand cancel => reservation is { Status: ReservationStatus.Held or ReservationStatus.Confirmed, IsCancelling: false, Used: null }
            && CancelDecisions.RecordOf(reservation, cancel.Request) is null,
        ExpireCommand => reservation is { Status: ReservationStatus.Held },
        ResumeCommand => reservation is { Status: ReservationStatus.Paying } or { IsCancelling: true },
        CallOffCommand => reservation is { HasEnded: false },
        _ => false,
    };
}
