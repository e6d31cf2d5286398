using System.Diagnostics;
using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Timers;

/// <summary>
/// Sends the commands of timers, each to its reservation's own session. A message names the reservation as it stood and the round, so that it is sent once by
/// all instances together; what nobody handles is sent again less and less often.
/// </summary>
public sealed class TimerCommands(ICommandSender sender, IOptions<BookingOptions> booking)
{
    private const int SendChunk = 500;

    private readonly TimerRounds _rounds = new();

    /// <summary>Null when this round of it was sent before.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="reservation">As it was found.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="age">How long it has been due.</param>
    internal TimerMessage? Ask(ReservationId id, ReservationDocument reservation, Command command, TimeSpan age)
    {
        var subject = $"{command.Name}:{id.Code}:{reservation.Revision}";
        var round = TimerRounds.Of(age, booking.Value.RepairAfter);
        if (!_rounds.IsNew(subject, round))
        {
            return null;
        }

        using var activity = CommandDispatcher.StartSpan(command);
        var trace = activity?.Id ?? Activity.Current?.Id;
        return new TimerMessage(subject, round, new CommandMessage($"{subject}:{round}", id.SessionId, CommandJson.Write(command), trace));
    }

    /// <summary>Sends them and returns how many.</summary>
    /// <exception cref="StoreUnavailableException">The queue is away; what it took is remembered.</exception>
    internal async Task<int> SendAsync(IEnumerable<TimerMessage> messages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var sent = 0;
        foreach (var chunk in messages.Chunk(SendChunk))
        {
            if (await sender.SendAsync([.. chunk.Select(c => c.Message)], cancellationToken) is SendResult.Unavailable unavailable)
            {
                throw new StoreUnavailableException($"The queue took {sent} timer commands and no more: {unavailable.Detail}");
            }

            _rounds.Remember(chunk.Select(c => (c.Subject, c.Round)), now);
            sent += chunk.Length;
        }

        return sent;
    }
}

/// <summary>A command of a timer, and what it is remembered by.</summary>
internal sealed record TimerMessage(string Subject, int Round, CommandMessage Message);
