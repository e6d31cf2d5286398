using Concert.Booking.Ids;
using Concert.Booking.Reservations.Best;

namespace Concert.Simulation.Planted;

/// <summary>Keeps the choice away from the first place of the section, so that it is left alone.</summary>
internal sealed class EndsTaken(ITakenSeats inner) : ITakenSeats
{
    public async Task<IReadOnlyList<TakenSeats>> KnownAsync(string scheduleId, IReadOnlyList<SectionRef> sections, CancellationToken cancellationToken) =>
        [.. (await inner.KnownAsync(scheduleId, sections, cancellationToken)).Select(known => new TakenSeats(known.Count, () => new HashSet<int>(known.Keys) { 1 }))];

    public Task<TakenSeats> ReadAsync(SectionRef section, CancellationToken cancellationToken) => inner.ReadAsync(section, cancellationToken);

    public Task<TakenSeats> ReadSinceAsync(SectionRef section, DateTimeOffset since, CancellationToken cancellationToken) =>
        inner.ReadSinceAsync(section, since, cancellationToken);
}

/// <summary>Does not look again when places are gone.</summary>
internal sealed class NothingLeft(ITakenSeats inner) : ITakenSeats
{
    private static readonly TakenSeats All = new(1_000, () => Enumerable.Range(1, 1_000).ToHashSet());

    public Task<IReadOnlyList<TakenSeats>> KnownAsync(string scheduleId, IReadOnlyList<SectionRef> sections, CancellationToken cancellationToken) =>
        inner.KnownAsync(scheduleId, sections, cancellationToken);

    public Task<TakenSeats> ReadAsync(SectionRef section, CancellationToken cancellationToken) => Task.FromResult(All);

    public Task<TakenSeats> ReadSinceAsync(SectionRef section, DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult(All);
}
