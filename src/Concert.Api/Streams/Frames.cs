using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Api.Json;
using Concert.Booking.WaitingRoom;

namespace Concert.Api.Streams;

/// <summary>The state of the caller's token, as in <see cref="QueueTokenView"/> without the token.</summary>
/// <param name="Status">EARLY, WAITING, ACTIVE or ENDED.</param>
/// <param name="Position">1 is next; while WAITING.</param>
/// <param name="EstimatedWaitSeconds">Until the turn, or until the opening.</param>
/// <param name="ExpiresAt">The end of the turn.</param>
/// <param name="OpensAt">When places are drawn; while EARLY.</param>
/// <param name="NextPollSeconds">The stream looks again after so long, and so has a client to that loses it.</param>
public sealed record PlaceInLine(
    string Status, long? Position, long? EstimatedWaitSeconds, DateTimeOffset? ExpiresAt, DateTimeOffset? OpensAt, long? NextPollSeconds)
{
    public static PlaceInLine Of(QueueAnswer answer) => new(
        answer.View.Status,
        answer.View.Position,
        answer.View.EstimatedWaitSeconds,
        answer.View.ExpiresAt,
        answer.View.OpensAt,
        answer.AskAgainAfter is { } after ? Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)) : null);

    /// <summary>Nothing that a client could not count down by itself is different.</summary>
    public bool IsAs(PlaceInLine? other) => other is not null
        && Status == other.Status && Position == other.Position && ExpiresAt == other.ExpiresAt && OpensAt == other.OpensAt;
}

/// <summary>Something of a schedule has changed: time to ask for its map again.</summary>
/// <param name="Revision">Another number whenever something has changed, and a larger one. Not the map's ETag, of which each form has its own.</param>
/// <param name="Sections">The sections and inventories in which places have changed; absent when it may be anything.</param>
/// <param name="LookWithinSeconds">A client asks at a random moment within so many seconds, because as many others were told at the same time.</param>
public sealed record SeatsChanged(long Revision, IReadOnlyList<string>? Sections, int LookWithinSeconds);

/// <summary>Server-sent events as bytes (HTML, 9.2). JSON has no line of its own within, so each is one line of data.</summary>
internal static class Frames
{
    public const string LineEvent = "line";
    public const string SeatsEvent = "seats";
    public const string EndedEvent = "ended";

    /// <summary>The first of a stream: when to come back once it ends.</summary>
    public static ReadOnlySpan<byte> Opening => "retry: 2000\n\n"u8;

    /// <summary>A comment, which says nothing but that the stream is alive.</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = ": heartbeat\n\n"u8.ToArray();

    public static byte[] Of(string name, PlaceInLine place) => Of(name, place, ApiJson.Wire.PlaceInLine);

    public static byte[] Of(SeatsChanged change) => Of(SeatsEvent, change, ApiJson.Wire.SeatsChanged);

    private static byte[] Of<T>(string name, T data, JsonTypeInfo<T> type) =>
        [.. "event: "u8, .. System.Text.Encoding.ASCII.GetBytes(name), .. "\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(data, type), .. "\n\n"u8];
}
