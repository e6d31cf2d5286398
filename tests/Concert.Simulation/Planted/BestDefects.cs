using Concert.Booking.Commands;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Storage;

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

/// <summary>Reads that find a request which has moved on find nothing.</summary>
internal sealed class MoveNotFollowed(IDocumentStore inner) : StoreDefect(inner)
{
    protected override StoredDocument? Seen(StoredDocument? document) => Moves.IsMove(document) ? null : document;
}

/// <summary>Takes a request that has moved on for done when its command comes again.</summary>
internal sealed class MoveForgotten(ICommandProcessor inner, IDocumentStore store) : ICommandProcessor
{
    public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
    {
        try
        {
            if (CommandJson.TryRead(message.Body) is ReserveCommand { Best: not null } command && ReservationId.TryParse(command.ReservationId, out var id)
                && Moves.IsMove(await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken)))
            {
                return new ProcessResult.Done();
            }
        }
        catch (StoreUnavailableException e)
        {
            return new ProcessResult.Retry(TimeSpan.FromSeconds(1), e.Message);
        }

        return await inner.ProcessAsync(message, deliveryCount, cancellationToken);
    }

    public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
        inner.DeadLetterAsync(message, reason, cancellationToken);
}

internal static class Moves
{
    public static bool IsMove(StoredDocument? document) => document is not null && document.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
        && DocumentJson.Read<ReservationDocument>(document).Moved is not null;
}
