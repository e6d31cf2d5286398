using System.Globalization;
using System.Text;
using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Commands.Handling;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;

namespace Concert.Booking.Operations;

/// <summary>
/// Reads dead letters where they are kept, each in the section of its reservation, and those without an end where they wait, in the queue. A command that is
/// sent again goes under an id that names the dead letter and the round: who dies between the send and its note sends the same message again.
/// </summary>
public sealed class DeadLetterDesk(
    IDocumentStore store,
    StoreLoop loop,
    CatalogReader catalog,
    ScheduleSections sections,
    IQueueInspector queue,
    CommandDispatcher dispatcher,
    DeadLetterHandler handler,
    IdempotencyClaims claims,
    TimeProvider time) : IDeadLetterDesk
{
    private const int MaxAttempts = 10;
    private const int MaxPending = 100;

    private static readonly Refusal Answered = new(
        RefusalCode.NotValid, "It cannot be sent again: its buyer was given an answer, or there is nothing left for it to do.");

    private static readonly Refusal Ended = new(RefusalCode.NotValid, "It has its end already.");
    private static readonly Refusal NoEnd = new(RefusalCode.NotValid, "It has no end yet: it is tried again by itself, and can be refused.");

    public async Task<Result<Paged<DeadLetterView>>> ListAsync(string scheduleId, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = LetterPlace.Read(continuation);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (await catalog.FindScheduleAsync(scheduleId, cancellationToken) is not { } schedule)
        {
            return Refusal.NotYours("schedule");
        }

        var items = new List<DeadLetterView>();
        if (continuation is null)
        {
            items.AddRange((await PendingAsync(scheduleId, cancellationToken)).Select(View));
        }

        var newest = await NewestAsync(schedule, after.Value, limit + 1, cancellationToken);
        foreach (var (place, letter) in newest.Take(limit))
        {
            items.Add(await ViewAsync(place.Section, letter, cancellationToken));
        }

        return new Paged<DeadLetterView>(items, newest.Count > limit ? newest[limit - 1].Place.Write() : null);
    }

    /// <summary>How many there are, counted up to a limit, those without an end included.</summary>
    public async Task<int> CountAsync(string scheduleId, int limit, CancellationToken cancellationToken)
    {
        var schedule = await catalog.FindScheduleAsync(scheduleId, cancellationToken) ?? throw new InvalidOperationException($"Schedule {scheduleId} is gone.");
        var count = (await PendingAsync(scheduleId, cancellationToken)).Count;
        foreach (var section in ScheduleSections.Of(schedule))
        {
            await foreach (var _ in sections.ReadAllAsync(section, DeadLetterDocument.Prefix, cancellationToken))
            {
                if (++count >= limit)
                {
                    return limit;
                }
            }
        }

        return count;
    }

    public async Task<Result<DeadLetterView>> SendAgainAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfStaff("send-again", idempotencyKey, scheduleId, id);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(scheduleId, id, cancellationToken) is not (var section, var letter))
        {
            return await FindPendingAsync(scheduleId, id, cancellationToken) is null ? Refusal.NotYours("dead letter") : NoEnd;
        }

        var round = letter.Rounds + 1;
        if (known.Value is { } repeated)
        {
            round = RoundOf(repeated);
        }
        else
        {
            if (!await MaySendAgainAsync(letter, cancellationToken))
            {
                return Answered;
            }

            if (keyed is not null)
            {
                var taken = await claims.TakeAsync(keyed, round.ToString(CultureInfo.InvariantCulture), time.GetUtcNow(), cancellationToken);
                if (taken.IsRefused(out refusal))
                {
                    return refusal;
                }

                round = RoundOf(taken.Value);
            }
        }

        if (letter.Rounds < round && CommandOf(letter) is { } command && ReservationId.TryParse(command.ReservationId, out var reservation))
        {
            var messageId = string.Create(CultureInfo.InvariantCulture, $"again:{HashOf(letter.Id)}:{round}");
            if (await dispatcher.SendAsync(messageId, reservation.SessionId, command, traceParent: null, cancellationToken) is { } away)
            {
                return away;
            }

            letter = await NoteAsync(section, letter.Id, round, cancellationToken) ?? letter;
        }

        return await ViewAsync(section, letter, cancellationToken);
    }

    public async Task<Result<DeadLetterView>> RefuseAsync(string scheduleId, string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfStaff("refuse", idempotencyKey, scheduleId, id);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(scheduleId, id, cancellationToken) is (var kept, var ended))
        {
            return known.Value is null ? Ended : await ViewAsync(kept, ended, cancellationToken);
        }

        if (await FindPendingAsync(scheduleId, id, cancellationToken) is not { } pending)
        {
            return Refusal.NotYours("dead letter");
        }

        if (keyed is not null && (await claims.TakeAsync(keyed, id, time.GetUtcNow(), cancellationToken)).IsRefused(out refusal))
        {
            return refusal;
        }

        // The queue's own receiver finds it done and lets go of the message.
        var section = await handler.HandleAsync(pending.MessageId, pending.Command, pending.Reason, cancellationToken);
        var letter = await ReadAsync(section!.Value, DeadLetterDocument.IdOf(pending.MessageId), cancellationToken);
        return await ViewAsync(section.Value, letter!, cancellationToken);
    }

    private static int RoundOf(ClaimDocument claim) => int.Parse(claim.Resource, CultureInfo.InvariantCulture);

    private static string HashOf(string documentId) => documentId[DeadLetterDocument.Prefix.Length..];

    private static string IdOf(SectionRef section, string documentId) => $"{section.Section}.{HashOf(documentId)}";

    /// <summary>The command of what may be sent again; null for everything else.</summary>
    private static Command? CommandOf(DeadLetterDocument letter) =>
        letter.Body is { } body && CommandJson.TryRead(Encoding.UTF8.GetBytes(body)) is { } command && SendAgainRules.MayEver(command) ? command : null;

    private static DeadLetterView View(Pending pending) => new(
        IdOf(pending.Section, DeadLetterDocument.IdOf(pending.MessageId)),
        pending.Command.Name,
        pending.Command.ReservationId,
        pending.Reason,
        pending.Command.AcceptedAt,
        DeadLetterOutcome.Pending,
        CanSendAgain: false,
        CanRefuse: true,
        SentAgainAt: null);

    private async Task<DeadLetterView> ViewAsync(SectionRef section, DeadLetterDocument letter, CancellationToken cancellationToken) => new(
        IdOf(section, letter.Id),
        letter.Command,
        letter.ReservationId,
        letter.Reason,
        DateTimeOffset.FromUnixTimeMilliseconds(letter.At),
        // Those of before it was kept: what their commands came to.
        letter.Outcome ?? (letter.Command is "reserve" or "pay" ? DeadLetterOutcome.Refused : DeadLetterOutcome.Noted),
        await MaySendAgainAsync(letter, cancellationToken),
        CanRefuse: false,
        letter.SentAgainAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);

    private async Task<bool> MaySendAgainAsync(DeadLetterDocument letter, CancellationToken cancellationToken) =>
        CommandOf(letter) is { } command
        && ReservationId.TryParse(command.ReservationId, out var id)
        && SendAgainRules.MayNow(command, (await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken)).Reservation(id.Code));

    private async Task<(SectionRef Section, DeadLetterDocument Letter)?> FindAsync(string scheduleId, string id, CancellationToken cancellationToken) =>
        id.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
        && SectionRef.TryParse($"{scheduleId}-{id[..dot]}", out var section) && section.ScheduleId == scheduleId
        && await ReadAsync(section, DeadLetterDocument.Prefix + id[(dot + 1)..], cancellationToken) is { } letter
            ? (section, letter)
            : null;

    private async Task<DeadLetterDocument?> ReadAsync(SectionRef section, string documentId, CancellationToken cancellationToken) =>
        await store.ReadAsync(section.Partition, documentId, cancellationToken) is { } stored ? DocumentJson.Read<DeadLetterDocument>(stored) : null;

    private Task<DeadLetterDocument?> NoteAsync(SectionRef section, string documentId, int round, CancellationToken cancellationToken) => loop.RunAsync(
        section.Partition,
        MaxAttempts,
        async token =>
        {
            if (DocumentJson.ReadVersioned<DeadLetterDocument>(await store.ReadAsync(section.Partition, documentId, token)) is not { } found)
            {
                return new Attempt<DeadLetterDocument?>([], null);
            }

            if (found.Value.Rounds >= round)
            {
                return new Attempt<DeadLetterDocument?>([], found.Value);
            }

            var noted = found.Value with { Rounds = round, SentAgainAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
            return new Attempt<DeadLetterDocument?>([DocumentJson.Put(noted, found.ETag)], noted);
        },
        cancellationToken);

    private async Task<Pending?> FindPendingAsync(string scheduleId, string id, CancellationToken cancellationToken) =>
        (await PendingAsync(scheduleId, cancellationToken)).FirstOrDefault(p => IdOf(p.Section, DeadLetterDocument.IdOf(p.MessageId)) == id);

    /// <summary>Those of the schedule that wait in the queue and have no end yet; none where the broker cannot be asked.</summary>
    private async Task<List<Pending>> PendingAsync(string scheduleId, CancellationToken cancellationToken)
    {
        IReadOnlyList<PendingDeadLetter> waiting;
        try
        {
            waiting = await queue.PeekDeadLettersAsync(MaxPending, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return [];
        }

        var pending = new List<Pending>();
        foreach (var dead in waiting)
        {
            if (CommandJson.TryRead(dead.Message.Body) is { } command && ReservationId.TryParse(command.ReservationId, out var id) && id.Section.ScheduleId == scheduleId
                && await ReadAsync(
                    (await SectionLoader.ForReservationAsync(store, id, withSeats: false, cancellationToken)).Section, DeadLetterDocument.IdOf(dead.Message.MessageId), cancellationToken)
                is null)
            {
                pending.Add(new Pending(id.Section, dead.Message.MessageId, command, dead.Reason));
            }
        }

        return pending;
    }

    /// <summary>The newest behind a place, in order; no more of them are in memory than are asked for, however many there are.</summary>
    private async Task<List<(LetterPlace Place, DeadLetterDocument Letter)>> NewestAsync(
        ScheduleDocument schedule, LetterPlace? after, int count, CancellationToken cancellationToken)
    {
        var newest = new PriorityQueue<DeadLetterDocument, LetterPlace>(Comparer<LetterPlace>.Create(static (a, b) => b.CompareTo(a)));
        foreach (var section in ScheduleSections.Of(schedule))
        {
            await foreach (var stored in sections.ReadAllAsync(section, DeadLetterDocument.Prefix, cancellationToken))
            {
                var letter = DocumentJson.Read<DeadLetterDocument>(stored);
                var place = new LetterPlace(letter.At, section, stored.Id);
                if (after is { } last && place.CompareTo(last) <= 0)
                {
                    continue;
                }

                newest.Enqueue(letter, place);
                if (newest.Count > count)
                {
                    newest.Dequeue();
                }
            }
        }

        return [.. newest.UnorderedItems.Select(item => (item.Priority, item.Element)).OrderBy(item => item.Priority)];
    }

    private sealed record Pending(SectionRef Section, string MessageId, Command Command, string Reason);
}
