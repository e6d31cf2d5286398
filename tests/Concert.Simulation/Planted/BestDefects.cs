using Concert.Booking.Ids;
using Concert.Booking.Reservations.Best;

namespace Concert.Simulation.Planted;

/// <summary>Keeps the choice away from the first place of the section, so that it is left alone.</summary>
internal sealed class EndsTaken(ITakenSeats inner) : ITakenSeats
{
    public async Task<IReadOnlySet<int>> KnownAsync(SectionRef section, CancellationToken cancellationToken) =>
        new HashSet<int>(await inner.KnownAsync(section, cancellationToken)) { 1 };

    public Task<IReadOnlySet<int>> ReadAsync(SectionRef section, CancellationToken cancellationToken) => inner.ReadAsync(section, cancellationToken);
}

/// <summary>Does not look again when places are gone.</summary>
internal sealed class NothingLeft(ITakenSeats inner) : ITakenSeats
{
    private static readonly IReadOnlySet<int> All = Enumerable.Range(1, 100).ToHashSet();

    public Task<IReadOnlySet<int>> KnownAsync(SectionRef section, CancellationToken cancellationToken) => inner.KnownAsync(section, cancellationToken);

    public Task<IReadOnlySet<int>> ReadAsync(SectionRef section, CancellationToken cancellationToken) => Task.FromResult(All);
}
