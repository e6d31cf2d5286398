using System.Text.Json;
using Concert.Booking.Catalog;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Reservations;

/// <summary>The work of a command on a section: the documents it reads, and its decision on them. Runs again after a conflict.</summary>
public abstract class SectionDecider(ReservationId id)
{
    /// <summary>The reservation that the command is about.</summary>
    public ReservationId Id => id;

    /// <summary>Reads what the decision needs.</summary>
    public abstract Task<SectionState> LoadAsync(IDocumentStore store, CancellationToken cancellationToken);

    /// <summary>Decides on what was read.</summary>
    public abstract ValueTask<Decision> DecideAsync(SectionState state, CancellationToken cancellationToken);
}

/// <summary>
/// Loads, decides and commits a change of one section, again and again until it is written or there is nothing to write. The seat gate of places that the
/// change gives up opens before it is written, so that who reads the outcome finds it open; should the write fail, the ETag still refuses. The seat map hears
/// of the change with the commit.
/// </summary>
public sealed class SectionWriter(
    IDocumentStore store, StoreLoop loop, ISeatMapCache maps, ISeatGate gate, WebhookRegistry receivers, TimeProvider time, IOptions<BookingOptions> options)
{
    /// <summary>Takes a decision about a reservation that is there.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="decide">Decides on what is known of the section, at a time.</param>
    /// <param name="cancellationToken">Gives up between attempts.</param>
    /// <param name="known">The section as the step before left it, for the first attempt; a conflict reads everything.</param>
    /// <param name="patience">How long to wait for a store that throttles or is away; null for as long as the attempts last.</param>
    public Task<Decision> ChangeAsync(
        ReservationId id,
        Func<SectionState, DateTimeOffset, Decision> decide,
        CancellationToken cancellationToken,
        SectionState? known = null,
        TimeSpan? patience = null) =>
        ChangeAsync(id, (state, now) => new ValueTask<Decision>(decide(state, now)), cancellationToken, known, patience);

    /// <summary>The same for a decision that has to ask for what it decides by, with each attempt.</summary>
    /// <inheritdoc cref="ChangeAsync(ReservationId, Func{SectionState, DateTimeOffset, Decision}, CancellationToken, SectionState?, TimeSpan?)" path="/param"/>
    public Task<Decision> ChangeAsync(
        ReservationId id,
        Func<SectionState, DateTimeOffset, ValueTask<Decision>> decide,
        CancellationToken cancellationToken,
        SectionState? known = null,
        TimeSpan? patience = null) =>
        RunAsync(new Change(id, known, decide, time), cancellationToken, patience);

    /// <summary>Takes a decision that reads for itself.</summary>
    public Task<Decision> RunAsync(SectionDecider decider, CancellationToken cancellationToken, TimeSpan? patience = null) => loop.RunAsync(
        new Commit(decider, store, maps, gate, receivers), options.Value.MaxCommitAttempts, patience ?? Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>About a reservation that is there: its ETag stands for its seats, which are read only after a conflict.</summary>
    private sealed class Change(ReservationId id, SectionState? known, Func<SectionState, DateTimeOffset, ValueTask<Decision>> decide, TimeProvider time)
        : SectionDecider(id)
    {
        private SectionState? _known = known;
        private bool _again;

        public override Task<SectionState> LoadAsync(IDocumentStore store, CancellationToken cancellationToken)
        {
            var (first, again) = (_known, _again);
            (_known, _again) = (null, true);
            return first is not null ? Task.FromResult(first) : SectionLoader.ForReservationAsync(store, Id, withSeats: again, cancellationToken);
        }

        public override ValueTask<Decision> DecideAsync(SectionState state, CancellationToken cancellationToken) => decide(state, time.GetUtcNow());
    }

    /// <summary>A decision on its way into the store.</summary>
    private sealed class Commit(SectionDecider decider, IDocumentStore store, ISeatMapCache maps, ISeatGate gate, WebhookRegistry receivers)
        : Decider<Decision>(decider.Id.Section.Partition)
    {
        private SectionChanges? _changes;
        private SectionRef _section;

        public override async Task<Attempt<Decision>> DecideAsync(CancellationToken cancellationToken)
        {
            var state = await decider.LoadAsync(store, cancellationToken);
            _section = state.Section;
            var decision = await decider.DecideAsync(state, cancellationToken);
            _changes = decision.Changes;
            await OpenGateAsync(decision, cancellationToken);
            if (_changes is null)
            {
                return new Attempt<Decision>([], decision with { State = state });
            }

            var operations = _changes.ToOperations();
            foreach (var (name, reservation) in _changes.Events())
            {
                // With the change itself, so that neither is without the other.
                if (await receivers.IsWantedAsync(name, cancellationToken))
                {
                    var data = JsonSerializer.Serialize(reservation, ReservationsJson.Default.ReservationDocument);
                    var happened = new OutboxDocument(reservation.Code, reservation.Revision, name, reservation.History[^1].At, data);
                    operations.Add(DocumentJson.Put(happened, null));
                }
            }

            return new Attempt<Decision>(operations, decision with { State = state });
        }

        public override Task<CommitResult> CommitAsync(
            IDocumentStore store, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
            _changes is { MovesPlaces: true }
                ? maps.ChangeAsync(_section.ScheduleId, _section.Section, () => store.CommitAsync(_section.Partition, operations, cancellationToken))
                : store.CommitAsync(_section.Partition, operations, cancellationToken);

        public override Decision Written(Attempt<Decision> attempt, IReadOnlyList<string> etags) =>
            attempt.Outcome with { State = _changes!.Written(attempt.Operations, etags) };

        private async Task OpenGateAsync(Decision decision, CancellationToken cancellationToken)
        {
            // What had ended before may have taken the gate again: a repeat of its request, or an entry that was lost on the way to its release.
            IEnumerable<(ReservationDocument Reservation, IReadOnlyList<SeatLine> Seats)> given =
                _changes?.GivenUp ?? (decision.Reservation is { HasEnded: true, Seats: { } seats } ended ? [(ended, seats)] : []);
            foreach (var (reservation, lines) in given)
            {
                await gate.ReleaseAsync(
                    _section.PartitionKey, [.. lines.Select(line => _section.SeatId(line.Number))], reservation.IdIn(_section).ToString(), cancellationToken);
            }
        }
    }
}

/// <summary>Reads the documents that a decision needs, in as few rounds as their references allow.</summary>
public static class SectionLoader
{
    /// <summary>For a reservation to be made in a section: it, the seats, and the holder of each seat whose hold is over.</summary>
    public static async Task<SectionState> ForReserveAsync(
        IDocumentStore store, ReservationId id, SectionRef section, IReadOnlyList<int> seatNumbers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = new SectionState(section);
        List<string> first = [id.DocumentId, .. seatNumbers.Select(SeatDocument.IdOf)];
        if (section.IsInventory)
        {
            first.Add(CountersDocument.DocumentId);
        }

        await AddAsync(store, state, first, cancellationToken);

        var expired = seatNumbers.Select(state.Seat)
            .Where(s => s is { Status: SeatStatus.Held, Holder: not null } && s.HoldEndsAt <= now.ToUnixTimeMilliseconds())
            .Select(s => s.Holder!)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (expired.Count > 0)
        {
            await AddAsync(store, state, [.. expired.Select(ReservationId.DocumentIdOf)], cancellationToken);
        }

        return state;
    }

    /// <summary>
    /// For a change of a reservation that is there: it, and its seats where its ETag is not to stand for them. The section is the one that its places are in, or,
    /// while that is not decided, the one in which it would be: see <see cref="MovedOn"/>.
    /// </summary>
    public static async Task<SectionState> ForReservationAsync(
        IDocumentStore store, ReservationId id, bool withSeats, CancellationToken cancellationToken)
    {
        var (state, _) = await FollowAsync(store, id, cancellationToken);
        if (withSeats && state.Reservation(id.Code) is { } reservation)
        {
            await AddAsync(store, state, [.. OwnedBy(reservation)], cancellationToken);
        }

        return state;
    }

    /// <summary>Goes after a request that has moved on: the section in which it stands, and the number of its last move, 0 when it never did.</summary>
    public static async Task<(SectionState State, int Moves)> FollowAsync(IDocumentStore store, ReservationId id, CancellationToken cancellationToken)
    {
        var (section, last) = (id.Section, 0);
        while (true)
        {
            var state = new SectionState(section);
            await AddAsync(store, state, [id.DocumentId], cancellationToken);
            if (state.Moved(id.Code) is not { } moved || moved.Number <= last)
            {
                return (state, last);
            }

            (section, last) = (section with { Section = moved.To }, moved.Number);
        }
    }

    private static IEnumerable<string> OwnedBy(ReservationDocument reservation) =>
        (reservation.Seats ?? []).Select(line => SeatDocument.IdOf(line.Number));

    private static async Task AddAsync(IDocumentStore store, SectionState state, List<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return;
        }

        foreach (var (id, stored) in ids.Zip(await store.ReadManyAsync(state.Section.Partition, ids, cancellationToken)))
        {
            state.Add(id, stored);
        }
    }
}
