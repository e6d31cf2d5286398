using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Catalog;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Reservations.CallOff;

/// <summary>
/// That a schedule is called off: written before anything else of it, so that whatever comes after is done by the timer if nobody else does it. It is in the
/// bookings, in a partition of its own, because it becomes due there like everything that a timer goes on with. Times in Unix ms.
/// </summary>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="At">When it was called off.</param>
/// <param name="Reason">What staff gave as the reason.</param>
public sealed record CallOffDocument(string ScheduleId, long At, string Reason) : IDocument<CallOffDocument>
{
    static JsonTypeInfo<CallOffDocument> IDocument<CallOffDocument>.Json => CallOffJson.Default.CallOffDocument;

    public const string DocumentId = "call-off";

    /// <summary>The status while there may be something left to end.</summary>
    public const string Running = "CALLING-OFF";

    private const string Finished = "CALLED-OFF";

    public string Id => DocumentId;

    public string Type => "call-off";

    public string Status => FinishedAt is null ? Running : Finished;

    /// <summary>At once, until it is finished.</summary>
    public long? Due => FinishedAt is null ? At : null;

    /// <summary>The sale is seen to be closed.</summary>
    public bool IsClosed { get; init; }

    public long? FinishedAt { get; init; }

    internal CalledOff CalledOff => new(DateTimeOffset.FromUnixTimeMilliseconds(At), Reason);

    public static PartitionRef PartitionOf(string scheduleId) => new(DocumentContainer.Bookings, $"calloff:{scheduleId}");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallOffDocument))]
internal sealed partial class CallOffJson : JsonSerializerContext;
