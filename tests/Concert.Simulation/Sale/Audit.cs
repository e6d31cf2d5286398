using Concert.Booking.Catalog;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Simulation.Buyers;
using Concert.Simulation.Checks;
using Concert.Simulation.Engine;

namespace Concert.Simulation.Sale;

/// <summary>When all is quiet: every user looks once more at everything, through the same calls as before.</summary>
public sealed class Audit
{
    private const int Looks = 4;
    private static readonly TimeSpan ShortSale = TimeSpan.FromSeconds(30);

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly BuyerApi _api;
    private readonly ClientLog _log;
    private readonly House _house;
    private readonly SimProcess _process;

    public Audit(World world, Cluster cluster, BuyerApi api, ClientLog log, House house, SimProcess process)
    {
        (_world, _cluster, _api, _log, _house, _process) = (world, cluster, api, log, house, process);
        process.Start(RunAsync);
    }

    public bool IsDone { get; private set; }

    private async Task RunAsync()
    {
        foreach (var user in _log.Reservations.GroupBy(r => r.UserId, StringComparer.Ordinal).ToList())
        {
            var from = _world.Now;
            var listed = await AskAsync(i => _api.ReservationsAsync(i, user.First().Token));
            foreach (var view in listed.Items.Where(v => _log.Reservations.TrueForAll(r => r.Id != v.Id)))
            {
                Adopt(user.Key, view);
            }

            foreach (var story in user.Where(s => s.Id is not null))
            {
                from = _world.Now;
                _log.Saw(story, from, await AskAsync(i => _api.ReservationAsync(i, story.Token, story.Id!)));
                if (story.Accepted && story.Last!.Reason is not ("unavailable" or "idempotency-mismatch") && listed.Items.All(v => v.Id != story.Id))
                {
                    _log.Missing.Add($"{story.Id} of {story.UserId}");
                }

                foreach (var payment in story.Payments.Where(p => p.Id is not null))
                {
                    from = _world.Now;
                    _log.Saw(payment, from, await AskAsync(i => _api.PaymentAsync(i, story.Token, payment.Id!)));
                }
            }
        }

        foreach (var user in _log.Reservations.Select(r => r.UserId).Concat(_log.Charges.Select(c => c.UserId)).Distinct(StringComparer.Ordinal).ToList())
        {
            var from = _world.Now;
            var balance = await AskAsync(i => _api.BalanceAsync(i, user));
            _log.Balances.Add(new(from, _world.Now, (user, balance.Balance)));
        }

        _log.FinalReport = await AskAsync(i => _api.ReportAsync(i, _house.ScheduleId));
        if (_log.CallOffAskedAt < _world.Now - ConcertListing.KeptFor.Ticks)
        {
            await CheckListAsync(_house.ConcertId, isListed: false);
        }

        await LookAtTheListAsync();
        IsDone = true;
    }

    /// <summary>A sale of a few seconds: every instance lists it as soon as it must, and none does when it is over.</summary>
    private async Task LookAtTheListAsync()
    {
        var concert = await AskAsync(i => _api.CreateConcertAsync(i, new NewConcert("Short"), "short"));
        await CheckListAsync(concert.Id, isListed: false);
        var end = _world.UtcNow + ShortSale;
        var request = new NewSchedule(
            concert.Id, end, end + ShortSale, _world.UtcNow - ShortSale, end, null, [new NewInventory("Floor", 1, 1)]);
        await AskAsync(i => _api.CreateScheduleAsync(i, request, "short"));
        await _process.DelayAsync(ConcertListing.KeptFor);
        await CheckListAsync(concert.Id, isListed: true);
        await _process.DelayAsync(end - _world.UtcNow);
        await CheckListAsync(concert.Id, isListed: false);
    }

    private async Task CheckListAsync(string concertId, bool isListed)
    {
        for (var look = 0; look < Looks; look++)
        {
            var isThere = (await AskAsync(_api.ConcertsAsync)).Any(concert => concert.Id == concertId);
            if (isThere != isListed)
            {
                _world.Fail("list", $"{concertId} is {(isThere ? "listed" : "not listed")} at {_world.UtcNow:O}");
            }
        }
    }

    /// <summary>A reservation that nobody was told of belongs to a request whose answer got lost, or it is invented.</summary>
    private void Adopt(string userId, ReservationView view)
    {
        // A refusal out of the dead letters names no seats; it must not pass for a lost request of standing places.
        var lost = _log.Reservations.FindAll(r => r.UserId == userId && r.Id is null && !r.Refused && IsOf(r, view));
        if (lost.Count > 0)
        {
            // Which of several it was nobody can tell: it may have begun with the first.
            lost[^1].AskedAt = lost.Min(r => r.AskedAt);
            lost[^1].Id = view.Id;
            lost[^1].IsGuess = lost.Count > 1;
        }
        else if (view.Status != ReservationStatus.Rejected)
        {
            _log.Unasked.Add((userId, view));
        }
    }

    private static bool IsOf(ReservationStory story, ReservationView view) => story.Best is { } best
        ? BestRules.IsOfBest(view.Id) && best.Count == view.Seats.Count
        : !BestRules.IsOfBest(view.Id) && story.Seats.Count == 0 == view.InventoryId is not null
            && story.Seats.Select(DocumentFacts.SeatOf).Order(StringComparer.Ordinal).SequenceEqual(view.Seats.Select(s => DocumentFacts.SeatOf(s.Id)).Order(StringComparer.Ordinal));

    private async Task<T> AskAsync<T>(Func<Instance, Task<Answer<T>>> operation)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var answer = await _cluster.CallAsync(_process, operation);
            if (answer.IsOk)
            {
                return answer.Value!;
            }

            if (answer.Kind == AnswerKind.Refused)
            {
                throw new InvalidOperationException($"The last look was refused: {answer}");
            }

            await _process.DelayAsync(TimeSpan.FromSeconds(1));
        }

        throw new InvalidOperationException("The last look got no answer.");
    }
}
