using System.Diagnostics;
using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Telemetry;

namespace Concert.Booking.Commands;

/// <summary>Sends accepted commands; what the queue cannot take now is an honest refusal.</summary>
public sealed class CommandDispatcher(ICommandSender sender)
{
    /// <summary>Null when the command is stored.</summary>
    public async Task<Refusal?> SendAsync(
        string messageId, string sessionId, Command command, string? traceParent, CancellationToken cancellationToken)
    {
        using var activity = StartSpan(command);
        var message = new CommandMessage(messageId, sessionId, CommandJson.Write(command), activity?.Id ?? traceParent ?? Activity.Current?.Id);
        switch (await sender.SendAsync([message], cancellationToken))
        {
            case SendResult.Unavailable unavailable:
                return Refusal.Unavailable("The request could not be accepted. It is safe to retry with the same Idempotency-Key.", unavailable.RetryAfter);
            default:
                BookingTelemetry.Accepted.Add(1, new KeyValuePair<string, object?>("command", command.Name));
                return null;
        }
    }

    /// <summary>The span under which a command is sent, whoever sends it: its handling is a child of it. Null when nobody listens.</summary>
    internal static Activity? StartSpan(Command command) => BookingTelemetry.Source.StartActivity($"{command.Name} send", ActivityKind.Producer);
}
