using Concert.Booking.Commands;
using Concert.Booking.Ports;

namespace Concert.Booking.Tests.Support;

/// <summary>Commands as messages, delivered by hand.</summary>
internal static class TestCommands
{
    public static TokenClaims Token(string user = "kim", string room = World.ConcertId) =>
        new(new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), user, room, World.Start);

    public static CommandMessage Message(Command command, string? messageId = null) =>
        new(messageId ?? $"{command.Name} {command.ReservationId}", "session", CommandJson.Write(command));

    public static Task<ProcessResult> HandleAsync(this World world, Command command, int delivery = 1) =>
        world.Processor.ProcessAsync(Message(command), delivery, CancellationToken.None);

    public static Task<ProcessResult> DeadLetterAsync(this World world, Command command, string? messageId = null) =>
        world.Processor.DeadLetterAsync(Message(command, messageId), "reason", CancellationToken.None);
}
