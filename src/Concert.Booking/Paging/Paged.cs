namespace Concert.Booking.Paging;

/// <summary>A page, newest first; <see cref="Continuation"/> is null on the last one.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, string? Continuation);
