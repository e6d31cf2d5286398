using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.States;
using Concert.Booking.Telemetry;

namespace Concert.Booking.Commands;

/// <summary>
/// A command. <see cref="AcceptedAt"/> is the time by which promises are measured: a payment accepted before the hold's end counts, however late it is handled.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(ReserveCommand), "reserve")]
[JsonDerivedType(typeof(PayCommand), "pay")]
[JsonDerivedType(typeof(CancelCommand), "cancel")]
[JsonDerivedType(typeof(ExpireCommand), "expire")]
[JsonDerivedType(typeof(ResumeCommand), "resume")]
[JsonDerivedType(typeof(CallOffCommand), "call-off")]
public abstract record Command(string ReservationId, DateTimeOffset AcceptedAt)
{
    [JsonIgnore]
    public abstract string Name { get; }
}

/// <summary>Hold these seats, or this quantity of an inventory, or the best places that are left.</summary>
public sealed record ReserveCommand(
    string ReservationId,
    DateTimeOffset AcceptedAt,
    string UserId,
    IReadOnlyList<int>? Seats,
    int? Quantity) : Command(ReservationId, AcceptedAt)
{
    /// <summary>The places are chosen where this is decided; null when they are named.</summary>
    public WantedPlaces? Best { get; init; }

    [JsonIgnore]
    public override string Name => "reserve";
}

/// <summary>The best places that are left of a section, or of all.</summary>
/// <param name="Count">How many.</param>
/// <param name="Grade">Only of this grade; null for any.</param>
/// <param name="Together">Side by side or not at all.</param>
/// <param name="AnySection">Wherever they are; not only in the section that the reservation's id names.</param>
public sealed record WantedPlaces(int Count, string? Grade, bool Together, bool AnySection = false);

/// <summary>Pay the hold from the wallet; then end the queue token.</summary>
public sealed record PayCommand(
    string ReservationId,
    DateTimeOffset AcceptedAt,
    string UserId,
    string PaymentId,
    TokenClaims? Token) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "pay";
}

/// <summary>Cancel a hold or a paid reservation: all of it, or some of its seats or places.</summary>
/// <param name="ReservationId">Of the user.</param>
/// <param name="AcceptedAt">The deadline and the refund are measured at it.</param>
/// <param name="UserId">Who asks.</param>
/// <param name="Why">Kept in the record.</param>
/// <param name="Request">Of this request alone, and of its repeats: so a part is given back once.</param>
/// <param name="Seats">Keys; null for all, or for places.</param>
/// <param name="Quantity">Places; null for all, or for seats.</param>
public sealed record CancelCommand(
    string ReservationId,
    DateTimeOffset AcceptedAt,
    string UserId,
    string Why,
    string Request,
    IReadOnlyList<int>? Seats = null,
    int? Quantity = null) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "cancel";
}

/// <summary>Put the places back on sale if the hold is over. From the timer.</summary>
public sealed record ExpireCommand(string ReservationId, DateTimeOffset AcceptedAt) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "expire";
}

/// <summary>Finish a payment or a refund that was left half done. From the timer.</summary>
public sealed record ResumeCommand(string ReservationId, DateTimeOffset AcceptedAt) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "resume";
}

/// <summary>End the reservation, whose schedule is called off, and give all its money back. From the timer.</summary>
/// <param name="ReservationId">Of the schedule.</param>
/// <param name="AcceptedAt">When it was sent.</param>
/// <param name="Why">The reason that staff gave; kept in the record.</param>
public sealed record CallOffCommand(string ReservationId, DateTimeOffset AcceptedAt, string Why) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "call-off";
}

/// <summary>How a command ended.</summary>
public abstract record HandlerOutcome
{
    private HandlerOutcome()
    {
    }

    /// <summary>The reservation stands so; null: there is none.</summary>
    public sealed record Reservation(ReservationStatus? Status, RefusalCode? Reason = null) : HandlerOutcome;

    /// <summary>The payment stands so.</summary>
    public sealed record Payment(PaymentStatus Status, RefusalCode? Reason = null) : HandlerOutcome;

    /// <summary>Nothing was changed by it, and why.</summary>
    public sealed record Refused(RefusalCode Reason) : HandlerOutcome;

    /// <summary>It can never be handled.</summary>
    public sealed record Poison(PoisonReason Reason, string Detail) : HandlerOutcome;
}

/// <summary>Why a command can never be handled.</summary>
public enum PoisonReason
{
    Unreadable,
    UnknownCommand,
    UnknownSchedule,
    BadPaymentId,
    RefundRefused,
}

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

public static class CommandJson
{
    public static byte[] Write(Command command) => JsonSerializer.SerializeToUtf8Bytes(command, CommandJsonContext.Default.Command);

    /// <summary>Null when the body is not a command of this version.</summary>
    public static Command? TryRead(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, CommandJsonContext.Default.Command) is { ReservationId: not null } command ? command : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Command))]
internal sealed partial class CommandJsonContext : JsonSerializerContext;
