using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Commands.Handling;
using Concert.Booking.Ids;
using Concert.Booking.Operations;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tickets;
using Concert.Booking.Timers;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Concert.Simulation.Planted;

/// <summary>Puts the defects that are not a port's into an instance's container, around the real handlers.</summary>
internal static class Planting
{
    public static void Plant(this IServiceCollection services, Defect defect)
    {
        switch (defect)
        {
            case Defect.NoGrace:
                services.PostConfigure<BookingOptions>(o => o.ReleaseGrace = TimeSpan.Zero);
                break;
            case Defect.ReleaseIgnoresPaying:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new CarelessRelease(inner, s.GetRequiredService<SectionWriter>()));
                services.Replace<ITimerUseCases, TimerUseCases>((inner, s) => new CarelessTimer(
                    inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<ICommandSender>(), s.GetRequiredService<TimeProvider>()));
                break;
            case Defect.RepairPaysTwice:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new RepairPaysAgain(
                    inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<WalletWriter>(), s.GetRequiredService<IdGenerator>()));
                break;
            case Defect.PartOverRefunded:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new GenerousParts(inner, s.GetRequiredService<SectionWriter>()));
                break;
            case Defect.TokenEndedBeforePaid:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new HastyEnd(inner, s.GetRequiredService<IWaitingRoom>()));
                break;
            case Defect.LimitNotGivenBack:
                services.Decorate<IDocumentStore>(inner => new LimitKept(inner));
                break;
            case Defect.LimitOverwritten:
                services.Decorate<IDocumentStore>(inner => new LimitOverwritten(inner));
                break;
            case Defect.EventBesideTheBatch:
                services.Decorate<IDocumentStore>(inner => new EventBesideTheBatch(inner));
                break;
            case Defect.EventTakenAwayFirst:
                services.Decorate<IDocumentStore>(inner => new EventTakenAwayFirst(inner));
                break;
            case Defect.EventsOutOfOrder:
                services.Decorate<IDocumentStore>(inner => new EventsOutOfOrder(inner));
                break;
            case Defect.RefusedEventDropped:
                services.Decorate<IWebhookSender>(inner => new RefusedEventDropped(inner));
                break;
            case Defect.LimitPerSection:
                // The sale has two: what each would allow by itself.
                services.PostConfigure<BookingOptions>(o => o.MaxPerUser *= 2);
                break;
            case Defect.TimerResendsEveryRound:
                services.Replace<ITimerUseCases, TimerUseCases>((inner, s) => new BreedingTimer(
                    inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<ICommandSender>(), s.GetRequiredService<TimeProvider>()));
                break;
            case Defect.AnyLineAdmits:
                services.Replace<IQueueUseCases, QueueUseCases>((inner, _) => new AnyLineAdmits(inner));
                break;
            case Defect.WalletBySpelling:
                services.Replace<IWalletUseCases, WalletUseCases>((inner, _) => new WalletBySpelling(inner));
                break;
            case Defect.EndedConcertListed:
                services.Replace<ICatalogQueries, CatalogQueries>((inner, _) => new EndedListed(inner));
                break;
            case Defect.ListNeverReadAgain:
                services.Replace<ICatalogQueries, CatalogQueries>((inner, _) => new ReadOnce(inner));
                break;
            case Defect.SaleNeverReadAgain:
                services.Decorate<IDocumentStore>(inner => new SaleReadOnce(inner));
                break;
            case Defect.PauseOverlooked:
                services.Decorate<IDocumentStore>(inner => new PauseOverlooked(inner));
                break;
            case Defect.BlockOverlooked:
                services.Decorate<IDocumentStore>(inner => new BlockOverlooked(inner));
                break;
            case Defect.PriceOfTheDay:
                services.Decorate<IDocumentStore>(inner => new PriceOfTheDay(inner));
                break;
            case Defect.SingleLeftAlone:
                services.AddSingleton<ITakenSeats>(s => new EndsTaken(s.GetRequiredService<ScheduleSections>()));
                break;
            case Defect.BestRaceLost:
                services.AddSingleton<ITakenSeats>(s => new NothingLeft(s.GetRequiredService<ScheduleSections>()));
                break;
            case Defect.MoveNotFollowed:
                services.Decorate<IDocumentStore>(inner => new MoveNotFollowed(inner));
                break;
            case Defect.MoveForgotten:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new MoveForgotten(inner, s.GetRequiredService<IDocumentStore>()));
                break;
            case Defect.UsedWithoutETag:
                services.Decorate<IDocumentStore>(inner => new UsedWithoutETag(inner));
                break;
            case Defect.CancelledAdmitted:
                services.Replace<ICheckInUseCase, CheckInUseCase>((inner, s) =>
                    new CancelledAdmitted(inner, s.GetRequiredService<TicketSigner>(), s.GetRequiredService<SectionWriter>()));
                break;
            case Defect.CallOffByTheTable:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) => new CalledOffByTheTable(
                    inner,
                    s.GetRequiredService<SectionWriter>(),
                    s.GetRequiredService<CatalogReader>(),
                    s.GetRequiredService<IOptions<BookingOptions>>(),
                    s.GetRequiredService<IOptions<CancellationOptions>>()));
                break;
            case Defect.CallOffRefundedTwice:
                services.Replace<ICommandProcessor, CommandProcessor>((inner, s) =>
                    new CalledOffTwice(inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<WalletWriter>()));
                break;
            case Defect.CallOffLeavesPaid:
                services.Decorate<IDocumentStore>(inner => new PaidLeftAlone(inner));
                break;
            case Defect.CallOffFinishedTooEarly:
                services.Decorate<IDocumentStore>(inner => new LooksOnce(inner));
                break;
            case Defect.CallOffOverlooked:
                services.Decorate<IDocumentStore>(inner => new CallOffOverlooked(inner));
                break;
            case Defect.RefusalTakenBack:
                services.Replace<IDeadLetterDesk, DeadLetterDesk>((inner, s) =>
                    new RefusalTakenBack(inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<ICommandSender>()));
                break;
            case Defect.TimerWritesDirectly:
                services.Replace<ITimerUseCases, TimerUseCases>((inner, s) =>
                    new WritingTimer(inner, s.GetRequiredService<IDocumentStore>(), s.GetRequiredService<TimeProvider>()));
                break;
        }
    }

    private static void Replace<TService, TReal>(this IServiceCollection services, Func<TService, IServiceProvider, TService> around)
        where TService : class
        where TReal : class, TService
    {
        services.AddSingleton<TReal>();
        services.AddSingleton<TService>(s => around(s.GetRequiredService<TReal>(), s));
    }

    /// <summary>Ends the token before it is known whether it pays.</summary>
    private sealed class HastyEnd(ICommandProcessor inner, IWaitingRoom room) : ICommandProcessor
    {
        public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
        {
            try
            {
                if (CommandJson.TryRead(message.Body) is PayCommand { Token: { } token })
                {
                    await room.EndAsync(token, cancellationToken);
                }
            }
            catch (StoreUnavailableException)
            {
                // As the saga does: the token ends by its time.
            }

            return await inner.ProcessAsync(message, deliveryCount, cancellationToken);
        }

        public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
            inner.DeadLetterAsync(message, reason, cancellationToken);
    }

    internal static void Decorate<TService>(this IServiceCollection services, Func<TService, TService> around)
        where TService : class
    {
        var real = (TService)services.Last(s => s.ServiceType == typeof(TService)).ImplementationInstance!;
        services.AddSingleton(around(real));
    }

    /// <summary>Expires what is over, and does not look whether it is being paid.</summary>
    private sealed class CarelessRelease(ICommandProcessor inner, SectionWriter writer) : ICommandProcessor
    {
        public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
        {
            if (CommandJson.TryRead(message.Body) is not ExpireCommand expire || !ReservationId.TryParse(expire.ReservationId, out var id))
            {
                return await inner.ProcessAsync(message, deliveryCount, cancellationToken);
            }

            try
            {
                await writer.ChangeAsync(
                    id,
                    (state, _) =>
                    {
                        if (state.Reservation(id.Code) is not { Status: ReservationStatus.Held or ReservationStatus.Paying } live)
                        {
                            return Decision.Unchanged(null);
                        }

                        var changes = new SectionChanges(state);
                        // Not by Move, which knows better.
                        var expired = live with
                        {
                            Status = ReservationStatus.Expired,
                            Due = null,
                            History = [.. live.History, new HistoryLine(expire.AcceptedAt.ToUnixTimeMilliseconds(), ReservationStatus.Expired)],
                        };
                        changes.Release(expired, sold: false);
                        return new Decision(changes, expired);
                    },
                    cancellationToken);
                return new ProcessResult.Done();
            }
            catch (StoreUnavailableException e)
            {
                return new ProcessResult.Retry(TimeSpan.FromSeconds(1), e.Message);
            }
        }

        public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken) =>
            inner.DeadLetterAsync(message, reason, cancellationToken);
    }

    /// <summary>Asks to expire also what is being paid.</summary>
    private sealed class CarelessTimer(ITimerUseCases inner, IDocumentStore store, ICommandSender sender, TimeProvider time) : ITimerUseCases
    {
        public async Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken)
        {
            var now = time.GetUtcNow();
            foreach (var located in await store.QueryDueAsync(DocumentContainer.Bookings, [ReservationStatus.Paying.Name()], now, 100, cancellationToken))
            {
                var paying = DocumentJson.Read<ReservationDocument>(located.Document);
                var colon = located.Partition.Key.LastIndexOf(':');
                var id = paying.IdIn(new SectionRef(located.Partition.Key[..colon], located.Partition.Key[(colon + 1)..]));
                await sender.SendAsync(
                    [new CommandMessage($"expire:{id.Code}:{paying.Revision}", id.SessionId, CommandJson.Write(new ExpireCommand(id.ToString(), now)))], cancellationToken);
            }

            return await inner.ReleaseExpiredHoldsAsync(cancellationToken);
        }

        public Task<int> AdmitWaitingAsync(CancellationToken cancellationToken) => inner.AdmitWaitingAsync(cancellationToken);

        public Task<int> RepairPaymentsAsync(CancellationToken cancellationToken) => inner.RepairPaymentsAsync(cancellationToken);

        public Task<int> DeliverWebhooksAsync(CancellationToken cancellationToken) => inner.DeliverWebhooksAsync(cancellationToken);
    }

    /// <summary>Resumes a payment by making another.</summary>
    private sealed class RepairPaysAgain(ICommandProcessor inner, IDocumentStore store, WalletWriter wallets, IdGenerator minter) : ICommandProcessor
    {
        public async Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
        {
            try
            {
                if (CommandJson.TryRead(message.Body) is ResumeCommand resume && ReservationId.TryParse(resume.ReservationId, out var id)
                    && await store.ReadAsync(id.Section.Partition, id.DocumentId, cancellationToken) is { } stored
                    && DocumentJson.Read<ReservationDocument>(stored) is { Status: ReservationStatus.Paying } paying)
                {
                    var at = resume.AcceptedAt.ToUnixTimeMilliseconds();
                    var payment = new PaymentDocument(
                        minter.NewPayment(id, paying.UserId).Code, PaymentStatus.Pending, id.ToString(), paying.Total, at, at);
                    await wallets.ApplyAsync(paying.UserId, new WalletChange.Debit(payment), cancellationToken);
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

    /// <summary>Releases by itself what a look of a moment ago found due.</summary>
    private sealed class WritingTimer(ITimerUseCases inner, IDocumentStore store, TimeProvider time) : ITimerUseCases
    {
        public async Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken)
        {
            var due = await store.QueryDueAsync(DocumentContainer.Bookings, [ReservationStatus.Held.Name()], time.GetUtcNow(), 100, cancellationToken);
            foreach (var located in due)
            {
                var held = DocumentJson.Read<ReservationDocument>(located.Document);
                var expired = held.Move(ReservationStatus.Expired, time.GetUtcNow());
                List<DocumentOperation> operations =
                [
                    new DocumentOperation.Upsert(expired.Id, DocumentJson.Write(expired)),
                    .. held.Quantity is null ? [] : (DocumentOperation[])[new DocumentOperation.Increment("counters", [new("left", held.Places), new("held", -held.Places)])],
                    .. (held.Seats ?? []).Select(s => new DocumentOperation.Delete(SeatDocument.IdOf(s.Number))),
                ];
                await store.CommitAsync(located.Partition, operations, cancellationToken);
            }

            return due.Count;
        }

        public Task<int> AdmitWaitingAsync(CancellationToken cancellationToken) => inner.AdmitWaitingAsync(cancellationToken);

        public Task<int> RepairPaymentsAsync(CancellationToken cancellationToken) => inner.RepairPaymentsAsync(cancellationToken);

        public Task<int> DeliverWebhooksAsync(CancellationToken cancellationToken) => inner.DeliverWebhooksAsync(cancellationToken);
    }
}
