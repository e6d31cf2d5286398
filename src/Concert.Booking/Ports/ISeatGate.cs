namespace Concert.Booking.Ports;

/// <summary>
/// A lock per place used as a fast "taken" answer, never as the guard of correctness: the ETag decides.
/// It may say taken for a little too long. An implementation that is away answers true: bookings go on, only slower. Never throws but for cancellation.
/// </summary>
public interface ISeatGate
{
    /// <summary>Takes all places for <paramref name="owner"/> or none (SET NX PX). True also when the owner already has them, or the gate is away.</summary>
    /// <param name="partition"><c>{scheduleId}:{section}</c>, the hash tag of the keys.</param>
    /// <param name="seatIds">1 to 8 seats of that section.</param>
    /// <param name="owner">The reservation's id.</param>
    /// <param name="lifetime">After this the gate opens by itself.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<bool> TryEnterAsync(string partition, IReadOnlyList<string> seatIds, string owner, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Gives back those of the places that <paramref name="owner"/> still has (compare and delete).</summary>
    Task ReleaseAsync(string partition, IReadOnlyList<string> seatIds, string owner, CancellationToken cancellationToken);
}
