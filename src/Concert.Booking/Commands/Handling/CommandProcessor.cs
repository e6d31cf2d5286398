using System.Diagnostics;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Expire;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Reservations.Resume;
using Concert.Booking.States;
using Concert.Booking.Telemetry;
using Microsoft.Extensions.Logging;

namespace Concert.Booking.Commands.Handling;

/// <summary>Reads a command, hands it to its handler, and says what becomes of the message.</summary>
public sealed class CommandProcessor(
    ReserveHandler reserve,
    PayHandler pay,
    CancelHandler cancel,
    ExpireHandler expire,
    ResumeHandler resume,
    DeadLetterHandler deadLetters,
    TimeProvider time,
    ILogger<CommandProcessor> logger) : ICommandProcessor
{
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);

    public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        if (CommandJson.TryRead(message.Body) is not { } command || !ReservationId.TryParse(command.ReservationId, out var id))
        {
            return Poison(PoisonReason.Unreadable, "The body is not a command.");
        }

        // One span a delivery: a head that has begun it already is told what it is about.
        using var own = Activity.Current is { Kind: ActivityKind.Consumer } ? null : BookingTelemetry.Source.StartActivity("process", ActivityKind.Consumer, Parent(message));
        var activity = own ?? (Activity.Current is { Kind: ActivityKind.Consumer } head ? head : null);
        if (activity is not null)
        {
            activity.DisplayName = $"{command.Name} process";
            activity.SetTag("concert.reservation.id", command.ReservationId);
        }

        using var scope = logger.BeginScope("{Command} of {ReservationId}", command.Name, command.ReservationId);
        try
        {
            var outcome = await HandleAsync(id, command, cancellationToken);
            if (outcome is HandlerOutcome.Poison poison)
            {
                return Poison(poison.Reason, poison.Detail);
            }

            Record(command, outcome, activity);
            return new ProcessResult.Done();
        }
        catch (StoreUnavailableException e)
        {
            return Retry(e, e.RetryAfter, command, deliveryCount);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A cancellation that nobody here asked for is a dependency's own timeout. Not known to pass, and not known not to: the delivery limit decides, and the dead-letter handler answers for it.
            return Retry(e, null, command, deliveryCount);
        }
    }

    public async Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken)
    {
        var command = CommandJson.TryRead(message.Body);
        try
        {
            if (command is not null)
            {
                await deadLetters.HandleAsync(message.MessageId, command, reason, cancellationToken);
            }

            BookingTelemetry.DeadLetters.Add(1, new KeyValuePair<string, object?>("command", command?.Name ?? "unreadable"));
            logger.LogError(
                "Message {MessageId} ({Command} of {ReservationId}) was dead-lettered: {Reason}", message.MessageId, command?.Name, command?.ReservationId, reason);
            return new ProcessResult.Done();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(e, "Dead letter {MessageId} could not be handled yet", message.MessageId);
            return new ProcessResult.Retry((e as StoreUnavailableException)?.RetryAfter ?? TimeSpan.FromSeconds(5), e.Message);
        }
    }

    private Task<HandlerOutcome> HandleAsync(ReservationId id, Command command, CancellationToken cancellationToken) => command switch
    {
        ReserveCommand c => reserve.HandleAsync(id, c, cancellationToken),
        PayCommand c => pay.HandleAsync(id, c, cancellationToken),
        CancelCommand c => cancel.HandleAsync(id, c, cancellationToken),
        ExpireCommand => expire.HandleAsync(id, cancellationToken),
        ResumeCommand => resume.HandleAsync(id, cancellationToken),
        CallOffCommand c => cancel.CallOffAsync(id, c, cancellationToken),
        _ => Task.FromResult<HandlerOutcome>(new HandlerOutcome.Poison(PoisonReason.UnknownCommand, command.Name)),
    };

    private void Record(Command command, HandlerOutcome outcome, Activity? activity)
    {
        var (status, reason) = outcome switch
        {
            HandlerOutcome.Reservation reservation => (reservation.Status?.Name() ?? "NONE", reservation.Reason),
            HandlerOutcome.Payment payment => (payment.Status.Name(), payment.Reason),
            HandlerOutcome.Refused refused => ("REFUSED", refused.Reason),
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
        var name = new KeyValuePair<string, object?>("command", command.Name);
        var result = new KeyValuePair<string, object?>("outcome", status);
        BookingTelemetry.Outcomes.Add(1, name, result, new KeyValuePair<string, object?>("reason", reason?.Name()));
        BookingTelemetry.OutcomeDuration.Record((time.GetUtcNow() - command.AcceptedAt).TotalSeconds, name, result);
        activity?.SetTag("concert.outcome", status);
        logger.LogDebug("Decided {Command} of {ReservationId}: {Outcome} {Reason}", command.Name, command.ReservationId, status, reason?.Name());
    }

    private static ProcessResult.Poison Poison(PoisonReason reason, string detail) => new(RefusalCodes.Kebab(reason.ToString()), detail);

    private ProcessResult.Retry Retry(Exception exception, TimeSpan? asked, Command command, int deliveryCount)
    {
        BookingTelemetry.Redeliveries.Add(1);
        var level = exception is StoreUnavailableException ? LogLevel.Warning : LogLevel.Error;
        logger.Log(level, exception, "Delivery {Delivery} of {Command} of {ReservationId} failed", deliveryCount, command.Name, command.ReservationId);
        var backoff = TimeSpan.FromMilliseconds(100 << Math.Clamp(deliveryCount, 0, 10));
        var after = asked ?? backoff;
        return new ProcessResult.Retry(after < MaxBackoff ? after : MaxBackoff, exception.Message);
    }

    /// <summary>The call that sent the command, or, where the head has taken that trace up already, the head's own activity in it.</summary>
    private static ActivityContext Parent(CommandMessage message)
    {
        var current = Activity.Current?.Context ?? default;
        return ActivityContext.TryParse(message.TraceParent, null, out var sent) && sent.TraceId != current.TraceId ? sent : current;
    }
}
