using Concert.Booking.Ports;
using Shouldly;

namespace Concert.Booking.Tests.Support;

/// <summary>Processes that end in the middle of what they handle.</summary>
internal static class Crashing
{
    /// <summary>Handles something in a process that ends before it commits a document whose id begins like this.</summary>
    public static async Task CrashBeforeWritingAsync(this World world, string document, Func<Task> handling)
    {
        world.Store.OnCommit = (_, operations) =>
            operations.Any(o => o.Id.StartsWith(document, StringComparison.Ordinal)) ? CommitFault.CrashBefore : CommitFault.None;
        await handling();
        world.Store.OnCommit = null;
    }

    /// <summary>Handles a message in a process that ends at a commit, the first being 1: before it, or once it is made.</summary>
    public static async Task CrashAtCommitAsync(this World world, CommandMessage message, int commit, bool applied)
    {
        var seen = 0;
        world.Store.OnCommit = (_, _) => ++seen != commit ? CommitFault.None : applied ? CommitFault.CrashAfter : CommitFault.CrashBefore;
        (await world.Processor.ProcessAsync(message, 1, CancellationToken.None)).ShouldBeOfType<ProcessResult.Retry>();
        world.Store.OnCommit = null;
    }

    /// <summary>Charges a seat's price, holds the seat and pays, in a process that ends between the steps of paying: the reservation is PAYING, and no money moved.</summary>
    public static async Task<(string Reservation, string Payment)> PayHalfwayAsync(this World world, string user = "kim", int seat = 1, string until = "pay:")
    {
        await world.ChargeAsync(user, World.SeatPrice);
        var reservation = await world.HoldAsync(user, seat);
        var payment = await world.AskToPayAsync(user, reservation);
        await world.CrashBeforeWritingAsync(until, () => world.Queue.DeliverAsync(world.Processor));
        return (reservation, payment);
    }
}
