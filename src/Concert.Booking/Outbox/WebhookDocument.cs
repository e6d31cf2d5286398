using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Outbox;

/// <summary>A receiver of events: where they go, which, and the secret that they are signed with. All receivers are one partition.</summary>
/// <param name="Key">Its id.</param>
/// <param name="Url">Absolute.</param>
/// <param name="Events">Some of <see cref="WebhookEvents.All"/>.</param>
/// <param name="Secret"><c>whsec_</c> and the base64 of 32 bytes, as the Standard Webhooks specification writes it.</param>
/// <param name="CreatedAt">Unix ms.</param>
public sealed record WebhookDocument(string Key, string Url, IReadOnlyList<string> Events, string Secret, long CreatedAt) : IDocument<WebhookDocument>
{
    static JsonTypeInfo<WebhookDocument> IDocument<WebhookDocument>.Json => OutboxJson.Default.WebhookDocument;

    public const string Prefix = "hook:";

    /// <summary>No concert's id can be this partition's key: those begin with c.</summary>
    public static readonly PartitionRef Partition = new(DocumentContainer.Catalog, "webhooks");

    public string Id => IdOf(Key);

    public string Type => "webhook";

    public static string IdOf(string key) => Prefix + key;

    /// <summary>The partition of events that wait for a receiver: its own, so that a slow one is in nobody's way.</summary>
    public static PartitionRef QueueOf(string key) => new(DocumentContainer.Bookings, $"webhook:{key}");
}

/// <summary>The number of receivers, in their partition and written in the batch that changes it: of two at once, one has to look again.</summary>
public sealed record WebhookCountDocument(int Count) : IDocument<WebhookCountDocument>
{
    static JsonTypeInfo<WebhookCountDocument> IDocument<WebhookCountDocument>.Json => OutboxJson.Default.WebhookCountDocument;

    public const string DocumentId = "webhook-count";

    public string Id => DocumentId;

    public string Type => "webhook-count";
}

/// <summary>The events that a receiver can ask for.</summary>
public static class WebhookEvents
{
    public const string Held = "reservation.held";
    public const string Confirmed = "reservation.confirmed";
    public const string Cancelled = "reservation.cancelled";
    public const string Expired = "reservation.expired";
    public const string CalledOff = "schedule.called-off";

    public static IReadOnlyList<string> All { get; } = [Held, Confirmed, Cancelled, Expired, CalledOff];
}

/// <summary>
/// An event that receivers are to hear of, written in the batch of the change itself: either both are there or neither. The relay copies it to each receiver
/// and takes it away.
/// </summary>
/// <param name="Subject">Whose events keep their order: the code of a reservation, or the id of a schedule.</param>
/// <param name="Number">Grows with each event of the subject.</param>
/// <param name="Event">One of <see cref="WebhookEvents"/>.</param>
/// <param name="At">When it happened, Unix ms.</param>
/// <param name="Data">What it was about, as JSON: the document after the change.</param>
public sealed record OutboxDocument(string Subject, int Number, string Event, long At, string Data) : IDocument<OutboxDocument>
{
    static JsonTypeInfo<OutboxDocument> IDocument<OutboxDocument>.Json => OutboxJson.Default.OutboxDocument;

    public const string Prefix = "out:";

    public const string Waiting = "OUTBOX";

    public string Id => $"{PrefixOf(Subject)}{Number:D6}";

    public string Type => "outbox";

    public string Status => Waiting;

    /// <summary>At once.</summary>
    public long Due => At;

    public static string PrefixOf(string subject) => $"{Prefix}{subject}:";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookDocument))]
[JsonSerializable(typeof(WebhookCountDocument))]
[JsonSerializable(typeof(OutboxDocument))]
internal sealed partial class OutboxJson : JsonSerializerContext;
