using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Concert.Booking.Calls;
using Concert.Booking.Ports;
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
public abstract record Command(string ReservationId, DateTimeOffset AcceptedAt)
{
    [JsonIgnore]
    public abstract string Name { get; }
}

/// <summary>Hold these seats, or this quantity of an inventory.</summary>
public sealed record ReserveCommand(
    string ReservationId,
    DateTimeOffset AcceptedAt,
    string UserId,
    IReadOnlyList<int>? Seats,
    int? Quantity) : Command(ReservationId, AcceptedAt)
{
    [JsonIgnore]
    public override string Name => "reserve";
}

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

/// <summary>Cancel a hold or a paid reservation.</summary>
public sealed record CancelCommand(
    string ReservationId,
    DateTimeOffset AcceptedAt,
    string UserId,
    string Why) : Command(ReservationId, AcceptedAt)
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

/// <summary>How a handler ended: decided (with the status and reason, for the record), or poison.</summary>
public sealed record HandlerOutcome(string Outcome, string? Reason, bool IsPoison, string? Detail)
{
    public static HandlerOutcome Decided(string outcome, string? reason = null) => new(outcome, reason, false, null);

    public static HandlerOutcome Poison(string reason, string detail) => new("POISON", reason, true, detail);
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
