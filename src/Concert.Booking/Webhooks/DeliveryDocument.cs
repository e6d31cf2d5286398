using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Storage;

namespace Concert.Booking.Webhooks;

/// <summary>
/// An event on its way to one receiver, in the receiver's own partition. Ids are in the order of the subject's birth and then of its events, so that one range
/// read finds what waits and a subject's events one after the other. Gone when it is delivered. Times in Unix ms.
/// </summary>
/// <param name="BornAt">When the subject came to be.</param>
/// <param name="Subject">Whose events keep their order.</param>
/// <param name="Number">Grows with each event of the subject.</param>
/// <param name="Event">Its name.</param>
/// <param name="At">When it happened.</param>
/// <param name="About">The id of what it is about, as the API has it.</param>
/// <param name="Body">What the receiver gets.</param>
public sealed record DeliveryDocument(long BornAt, string Subject, int Number, string Event, long At, string About, string Body) : IDocument<DeliveryDocument>
{
    static JsonTypeInfo<DeliveryDocument> IDocument<DeliveryDocument>.Json => WebhooksJson.Default.DeliveryDocument;

    public const string Prefix = "dlv:";

    /// <summary>As long as <c>Webhooks:RetryFor</c> may be, and as long again for staff to send again what failed.</summary>
    public const int KeptDays = 60;

    public string Id => $"{Prefix}{BornAt:D15}:{Subject}:{Number:D6}";

    public string Type => "delivery";

    public string Status { get; init; } = DeliveryStatus.Queued;

    /// <summary>When the next attempt may be made.</summary>
    public long NextAt { get; init; }

    public int Attempts { get; init; }

    /// <summary>When the first attempt was made; null before it.</summary>
    public long? FirstAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Fault { get; init; }

    /// <summary>
    /// Seconds after the last attempt, or the last change, after which it is forgotten: longer than any event is tried, and the end of what a relay
    /// that had read the list of receivers before still copied to one that is no more.
    /// </summary>
    public int Ttl { get; init; } = (int)TimeSpan.FromDays(KeptDays).TotalSeconds;

    /// <summary>The event's id on the wire: the same for every attempt and every receiver.</summary>
    [JsonIgnore]
    public string EventId => $"evt_{Subject}_{Number}";
}

public static class DeliveryStatus
{
    public const string Queued = "QUEUED";

    /// <summary>Given up; staff can send it again.</summary>
    public const string Failed = "FAILED";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeliveryDocument))]
[JsonSerializable(typeof(WebhookEvent))]
internal sealed partial class WebhooksJson : JsonSerializerContext;
