using Concert.Booking.Calls;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Ports;
using Concert.Simulation.Sale;

namespace Concert.Simulation.Buyers;

/// <summary>
/// A buyer with habits: repeats under one key when no answer came, gives up, pays at the last millisecond, cancels while paying, tops up from several
/// sides at once. It never knows more than it was answered.
/// </summary>
public sealed class Buyer
{
    private const int MaxTries = 5;
    private const int MaxPolls = 25;

    private readonly World _world;
    private readonly Cluster _cluster;
    private readonly BuyerApi _api;
    private readonly ClientLog _log;
    private readonly SimRooms _rooms;
    private readonly Doors _doors;
    private readonly House _house;
    private readonly SaleSettings _settings;
    private readonly BuyerPlan _plan;
    private readonly SimRandom _random;
    private readonly SimRandom _aside;
    private readonly SimRandom _wish;
    private readonly SimRandom _ticket;
    private readonly SimRandom _parts;
    private readonly bool _cancelsParts;
    private readonly SimProcess _process;
    private string? _token;
    private Func<Instance, Task<Answer<QueueTokenView>>>? _joined;
    private int _keys;

    public Buyer(World world, Cluster cluster, BuyerApi api, ClientLog log, SimRooms rooms, Doors doors, House house, SaleSettings settings, BuyerPlan plan)
    {
        (_world, _cluster, _api, _log, _rooms, _doors, _house, _settings, _plan) = (world, cluster, api, log, rooms, doors, house, settings, plan);
        _random = SimRandom.Stream(world.Seed, "buyer", plan.Number);
        _aside = SimRandom.Stream(world.Seed, "buyer's other line", plan.Number);
        _wish = SimRandom.Stream(world.Seed, "buyer's best places", plan.Number);
        _ticket = SimRandom.Stream(world.Seed, "buyer's ticket", plan.Number);
        _parts = SimRandom.Stream(world.Seed, "buyer's parts", plan.Number);
        _cancelsParts = SimRandom.Stream(world.Seed, "parts").Chance(0.5);
        _process = new SimProcess(world, 1000 + plan.Number, $"buyer{plan.Number}", TimeSpan.Zero);
    }

    public bool IsDone { get; private set; }

    public void Start() => _process.Start(async () =>
    {
        await _process.DelayAsync(_plan.StartsAfter);
        var charging = Task.WhenAll(_plan.Charges.Select(ChargeAsync));
        if (_random.Chance(0.5))
        {
            await charging;
        }

        if (_house.OtherConcertId is { } other && _aside.Chance(0.3))
        {
            await TryAnotherLineAsync(other);
        }

        for (var round = 0; round < _plan.Rounds; round++)
        {
            if (_token is null && !await EnterAsync())
            {
                break;
            }

            await (round == 0 && _settings.RushAt is { } rush ? ThinkUntilAsync(rush) : round == 0 ? Task.CompletedTask : PauseAsync());
            await BookAsync(looksFirst: _random.Chance(0.6) && (round > 0 || _settings.RushAt is null));
        }

        await charging;
        if (_token is not null && _random.Chance(0.2))
        {
            _log.Left.Add((_token, _world.Now));
            await LeaveAsync(_token);
        }

        IsDone = true;
    });

    /// <summary>Leaves, and asks once more for the place under the old key: what has ended stays ended.</summary>
    private async Task LeaveAsync(string token)
    {
        if (await CallAsync("leave", i => _api.LeaveAsync(i, token)) is { IsOk: true } && _joined is not null
            && await CallAsync("join again", _joined) is { IsOk: true, Value.Status: not "ENDED" } again && _rooms.Flushes == 0)
        {
            _world.Fail("L3", $"{_plan.UserId} left and is {again.Value!.Status} again by a repeat of the old call");
        }
    }

    /// <summary>A token of another concert's line books nothing here, whatever its state.</summary>
    private async Task TryAnotherLineAsync(string concert)
    {
        if (await CallAsync("join another line", i => _api.JoinAsync(i, _plan.UserId, concert, null)) is not { IsOk: true } joined)
        {
            return;
        }

        var token = joined.Value!.Token;
        if (await CallAsync("seats by another line's token", i => _api.SeatsAsync(i, token, _house.ScheduleId)) is { IsOk: true }
            || await CallAsync("reserve by another line's token", i => _api.ReserveAsync(i, token, new ReservationRequest(null, null, _house.InventoryId, 1), null)) is { IsOk: true })
        {
            _world.Fail("Q1", $"A token of the line of {concert} let {_plan.UserId} in to {_house.ConcertId}");
        }
    }

    private async Task ChargeAsync(long amount)
    {
        await ThinkAsync(0, 3000);
        var story = new ChargeStory { UserId = _plan.UserId, Amount = amount, AskedAt = _world.Now };
        _log.Charges.Add(story);
        var key = NewKey("charge", 0.8);
        var answer = await InsistAsync($"charge {amount}", key, i => _api.ChargeAsync(i, _plan.UserId, amount, key));
        if (answer.IsOk)
        {
            _log.Charged(story, answer.Value!.Balance);
            if (key is not null && _random.Chance(0.2) && await CallAsync("charge again", i => _api.ChargeAsync(i, _plan.UserId, amount, key)) is { IsOk: true } again)
            {
                _log.Charged(story, again.Value!.Balance);
            }
        }
        else
        {
            story.Refused = answer is { Kind: AnswerKind.Refused, IsRepeat: false };
        }

        if (_random.Chance(0.4))
        {
            await LookAtBalanceAsync();
        }
    }

    private async Task LookAtBalanceAsync()
    {
        var from = _world.Now;
        if (await CallAsync("balance", i => _api.BalanceAsync(i, _plan.UserId)) is { IsOk: true } answer)
        {
            _log.Balances.Add(new(from, _world.Now, (_plan.UserId, answer.Value!.Balance)));
        }
    }

    /// <summary>Joins and waits to be let in. False when it gave up, or is there already on another device.</summary>
    private async Task<bool> EnterAsync()
    {
        var asked = _world.Now;
        var key = NewKey("join", 0.9);
        var concert = _random.Chance(0.5) || _settings.IsPerConcert ? _house.ConcertId : null;
        var answer = await InsistAsync("join", key, i => _api.JoinAsync(i, _plan.UserId, concert, key));
        _joined = key is null ? null : i => _api.JoinAsync(i, _plan.UserId, concert, key);
        if (!answer.IsOk)
        {
            return false;
        }

        long? position = null;
        var wasIn = false;
        for (var polls = 0; polls < 60; polls++)
        {
            if (answer.IsOk)
            {
                Saw(answer.Value!.Token, asked, answer.Value.Status == "ENDED", answer.Value.ExpiresAt);
                switch (answer.Value.Status)
                {
                    case "ACTIVE":
                        _token = answer.Value.Token;
                        return true;
                    case "ENDED":
                        return false;
                    case "EARLY" when wasIn && _rooms.Flushes == 0:
                        _world.Fail("Q1", $"{_plan.UserId} had a place in line and is EARLY now");
                        break;
                    case var _ when answer.Value.Position > position && _rooms.Flushes == 0:
                        _world.Fail("Q1", $"{_plan.UserId} was number {position} in line and is number {answer.Value.Position} now");
                        break;
                }

                position = answer.Value.Position;
                wasIn |= position is not null;
            }
            else if (answer.Kind == AnswerKind.Refused)
            {
                return false;
            }

            var token = answer.IsOk ? answer.Value!.Token : null;
            if (token is null || _random.Chance(0.01))
            {
                return false;
            }

            await ThinkAsync(300, 4000);
            var checkedAt = _world.Now;
            var next = await CallAsync("check", i => _api.CheckAsync(i, token));
            (answer, asked) = next.Kind == AnswerKind.Unknown ? (answer, asked) : (next, checkedAt);
        }

        return false;
    }

    /// <summary>After a flush a token stands where its buyer's next poll puts it, and what was promised before does not bind.</summary>
    private void Saw(string token, long askedAt, bool isEnded, DateTimeOffset? expiresAt = null)
    {
        if (_rooms.Flushes == 0)
        {
            _log.Tokens.Add(new(token, _plan.UserId, askedAt, _world.Now, isEnded, expiresAt));
        }
    }

    private async Task BookAsync(bool looksFirst)
    {
        if (looksFirst)
        {
            await LookAtSeatsAsync();
        }

        var story = await ReserveAsync(Choose(), NewKey("reserve", 0.75));
        if (story?.Id is null || _random.Chance(0.05))
        {
            return;
        }

        var view = await PollAsync(story, v => v.Status != ReservationStatus.Pending);
        if (view?.Status == ReservationStatus.Held)
        {
            await DecideAsync(story, view);
        }

        if (_random.Chance(0.3))
        {
            await LookAtSeatsAsync();
        }
    }

    private async Task DecideAsync(ReservationStory story, ReservationView held)
    {
        switch (_random.Next(100))
        {
            case < 10:
                // Abandons it, or all but a part.
                if (_cancelsParts && _parts.Chance(0.5))
                {
                    await CancelPartAsync(story, held);
                }

                return;
            case < 20:
                await CancelAsync(story);
                break;
            case < 32:
                await Task.WhenAll(PayAsync(story, held), CancelAsync(story));
                break;
            case < 44:
                await Task.WhenAll(PayAsync(story, held), PayAsync(story, held));
                break;
            case < 50 when _cancelsParts:
                // A part while it is being paid.
                await Task.WhenAll(PayAsync(story, held), CancelPartAsync(story, held));
                break;
            case < 62:
                // The last millisecond, as well as the buyer can know it.
                var left = held.HoldExpiresAt!.Value - _world.UtcNow;
                await _process.DelayAsync(left - TimeSpan.FromMilliseconds(_random.Between(-10, 60)));
                await PayAsync(story, held);
                break;
            default:
                await ThinkAsync(0, 2000);
                await PayAsync(story, held);
                break;
        }

        if (await PollAsync(story, v => v.Status is not (ReservationStatus.Held or ReservationStatus.Paying)) is { Status: ReservationStatus.Confirmed })
        {
            _token = null;
            if (_ticket.Chance(0.6))
            {
                await ShowTicketAsync(story);
            }

            for (var n = 0; n < 3 && _cancelsParts && _parts.Chance(0.6) && story.Last is { Status: ReservationStatus.Confirmed } view; n++)
            {
                await (_parts.Chance(0.2) ? Task.WhenAll(CancelPartAsync(story, view), CancelPartAsync(story, view)) : CancelPartAsync(story, view));
            }

            if (_random.Chance(0.4))
            {
                await ThinkAsync(0, 10_000);
                await CancelAsync(story);
            }
        }
    }

    private ReservationStory StoryOf(ReservationRequest request, string? key, string token, long asked) => new()
    {
        UserId = _plan.UserId,
        Token = token,
        Key = key,
        Seats = [.. (request.SeatIds ?? (request.SeatId is null ? [] : [request.SeatId])).Select(ClientLog.NumberOf)],
        Best = request.IsOfBest ? request : null,
        AskedAt = asked,
    };

    /// <summary>Goes to the door with it; who cancels goes there all the same.</summary>
    private async Task ShowTicketAsync(ReservationStory story)
    {
        var answer = await CallAsync($"ticket …{story.Id![^6..]}", i => _api.TicketAsync(i, story.Token, story.Id));
        if (answer.IsOk)
        {
            _doors.Show(story.Id, answer.Value!.Code);
        }
    }

    private ReservationRequest Choose()
    {
        if (_wish.Chance(_house.MoreSeatIds.Count > 0 ? 0.5 : 0.2))
        {
            return new ReservationRequest(null, null, null, null)
            {
                ConcertScheduleId = _house.ScheduleId,
                Count = _wish.Between(1, 3),
                Section = _house.MoreSeatIds.Count > 0 && _wish.Chance(0.8) ? null : "A",
                Grade = _wish.Chance(0.3) ? "S" : null,
                Together = _wish.Pick<bool?>(null, false, true),
            };
        }

        var seats = _house.SeatIds;
        var first = _random.Next(seats.Count);
        var focus = _random.Chance(0.2) ? Focus.Anything : _settings.Focus;
        if (focus == Focus.Anything)
        {
            focus = _random.Pick(Focus.HotSeat, Focus.Carts, Focus.Places, Focus.Anything);
        }

        switch (focus)
        {
            case Focus.HotSeat:
                return new ReservationRequest(seats[0], null, null, null);
            case Focus.Carts:
                var count = Math.Min(seats.Count, _random.Between(2, 3));
                var cart = Enumerable.Range(0, count).Select(i => seats[(first + i) % seats.Count]).ToArray();
                if (_random.Chance(0.5))
                {
                    Array.Reverse(cart);
                }

                return new ReservationRequest(null, cart, null, null);
            case Focus.Places:
                return new ReservationRequest(null, null, _house.InventoryId, _random.Between(1, 3));
            default:
                return new ReservationRequest(seats[first], null, null, null);
        }
    }

    private async Task<ReservationStory?> ReserveAsync(ReservationRequest request, string? key)
    {
        var token = _token!;
        var story = StoryOf(request, key, token, _world.Now);
        _log.Reservations.Add(story);
        var what = $"reserve {(story.Seats.Count > 0 ? string.Join('+', story.Seats) : request.IsOfBest ? $"best {request.Count}{(request.Section is null ? " of all" : "")}{(request.Together is true ? " together" : "")}" : $"{request.Quantity} places")}";
        var rival = key is not null && _random.Chance(0.08) ? Choose() : null;
        var another = rival is null ? null : CallAsync("reserve another at the same time", i => _api.ReserveAsync(i, token, rival, key));
        var answer = await InsistAsync(what, key, i => _api.ReserveAsync(i, token, request, key));
        if (another is not null)
        {
            Note(await another, rival!, key, token, story.AskedAt, answer.Value?.Id);
        }

        if (answer.Kind == AnswerKind.Refused)
        {
            story.Refused = !answer.IsRepeat;
            if (answer.Code == RefusalCode.TokenExpired)
            {
                Saw(token, story.AskedAt, isEnded: true);
            }

            _token = answer.Code is RefusalCode.TokenExpired or RefusalCode.NotAdmitted ? null : _token;
        }
        else if (answer.IsOk)
        {
            _log.Accepted(story, answer.Value!);
            _log.Saw(story, story.AskedAt, answer.Value!);
            if (key is not null && _random.Chance(0.15) && await CallAsync($"{what} again", i => _api.ReserveAsync(i, token, request, key)) is { IsOk: true } again)
            {
                _log.Accepted(story, again.Value!);
            }

            if (key is not null && _random.Chance(0.06))
            {
                await ReserveAnotherAsync(story, Choose(), key, token);
            }
        }

        return story;
    }

    /// <summary>Another body under a key that was used: at most one of the two may ever have an effect.</summary>
    private async Task ReserveAnotherAsync(ReservationStory first, ReservationRequest request, string key, string token)
    {
        var asked = _world.Now;
        Note(await CallAsync("reserve another under the same key", i => _api.ReserveAsync(i, token, request, key)), request, key, token, asked, first.Id);
    }

    private void Note(Answer<ReservationView> answer, ReservationRequest request, string? key, string token, long asked, string? first)
    {
        if (answer.IsOk && answer.Value!.Id == first)
        {
            return;
        }

        var story = StoryOf(request, key, token, asked);
        story.Refused = answer.Kind == AnswerKind.Refused;
        _log.Reservations.Add(story);
        if (answer.IsOk)
        {
            _log.Accepted(story, answer.Value!);
        }
    }

    private async Task PayAsync(ReservationStory story, ReservationView held)
    {
        var payment = new PaymentStory { AskedAt = _world.Now };
        story.Payments.Add(payment);
        var key = NewKey("pay", 0.75);
        var request = story.Seats.Count == 1 && _random.Chance(0.2)
            ? new PaymentRequest(null, _house.SeatIdOf(story.Seats[0]))
            : new PaymentRequest(story.Id, null);
        var from = _world.Now;
        var answer = await InsistAsync($"pay …{story.Id![^6..]}", key, i => _api.PayAsync(i, story.Token, request, key));
        if (answer.Code == RefusalCode.InsufficientBalance && request.ReservationId is not null)
        {
            _log.Shortages.Add(new(from, _world.Now, new TooLittle(_plan.UserId, held.TotalAmount!.Value)));
            if (_random.Chance(0.6))
            {
                await ChargeAsync(held.TotalAmount!.Value);
                payment = new PaymentStory { AskedAt = _world.Now };
                story.Payments.Add(payment);
                key = NewKey("pay", 0.75);
                answer = await InsistAsync($"pay …{story.Id![^6..]}", key, i => _api.PayAsync(i, story.Token, request, key));
            }
        }

        if (!answer.IsOk)
        {
            return;
        }

        _log.Accepted(payment, answer.Value!);
        _log.Saw(payment, payment.AskedAt, answer.Value!);
        if (key is not null && _random.Chance(0.15) && await CallAsync("pay again", i => _api.PayAsync(i, story.Token, request, key)) is { IsOk: true } again)
        {
            _log.Accepted(payment, again.Value!);
        }

        for (var polls = 0; polls < MaxPolls && !_random.Chance(0.02); polls++)
        {
            from = _world.Now;
            var next = await CallAsync($"payment …{payment.Id![^6..]}", i => _api.PaymentAsync(i, story.Token, payment.Id));
            if (next.IsOk)
            {
                _log.Saw(payment, from, next.Value!);
                if (next.Value!.Status != PaymentStatus.Pending)
                {
                    return;
                }
            }

            await ThinkAsync(50, 300 << Math.Min(polls, 5));
        }
    }

    private async Task CancelAsync(ReservationStory story)
    {
        await ThinkAsync(0, 300);
        var cancel = new CancelStory { AskedAt = _world.Now };
        story.Cancels.Add(cancel);
        var key = NewKey("cancel", 0.5);
        var answer = await InsistAsync($"cancel …{story.Id![^6..]}", key, i => _api.CancelAsync(i, story.Token, story.Id, key));
        cancel.Accepted = answer.IsOk;
        if (answer.IsOk)
        {
            _log.Saw(story, cancel.AskedAt, answer.Value!);
            await PollAsync(story, v => v.Status is ReservationStatus.Cancelled or ReservationStatus.Expired);
        }
    }

    /// <summary>Gives some of its seats or places back, or now and then what it has not got.</summary>
    private async Task CancelPartAsync(ReservationStory story, ReservationView seen)
    {
        await ThinkAsync(0, 300);
        var part = seen.Quantity is { } places
            ? new CancelRequest(null, _parts.Between(1, Math.Max(1, places - 1)))
            : new CancelRequest([.. seen.Seats.Select(s => s.Id).OrderBy(_ => _parts.Next(100)).Take(_parts.Between(1, Math.Max(1, seen.Seats.Count - 1)))]);
        if (part.SeatIds is { Count: 0 })
        {
            return;
        }

        var cancel = new CancelStory { AskedAt = _world.Now, Part = part };
        story.Cancels.Add(cancel);
        var key = NewKey("cancel", 0.6);
        var what = $"cancel {(part.SeatIds is null ? $"{part.Quantity} places" : string.Join('+', part.SeatIds.Select(s => s[(s.LastIndexOf('-') + 1)..])))} of …{story.Id![^6..]}";
        var answer = await InsistAsync(what, key, i => _api.CancelAsync(i, story.Token, story.Id, part, key));
        cancel.Accepted = answer.IsOk;
        if (!answer.IsOk)
        {
            return;
        }

        _log.Saw(story, cancel.AskedAt, answer.Value!);
        if (key is not null && _parts.Chance(0.3) && await CallAsync($"{what} again", i => _api.CancelAsync(i, story.Token, story.Id, part, key)) is { IsOk: true } again)
        {
            _log.Saw(story, cancel.AskedAt, again.Value!);
        }

        var lines = answer.Value!.History.Count;
        await PollAsync(story, v => v.History.Count > lines || v.Status is ReservationStatus.Cancelled or ReservationStatus.Expired);
    }

    private async Task<ReservationView?> PollAsync(ReservationStory story, Func<ReservationView, bool> enough)
    {
        for (var polls = 0; polls < MaxPolls; polls++)
        {
            var from = _world.Now;
            var answer = await CallAsync($"reservation …{story.Id![^6..]}", i => _api.ReservationAsync(i, story.Token, story.Id));
            if (answer.IsOk)
            {
                _log.Saw(story, from, answer.Value!);
                if (enough(answer.Value!))
                {
                    return answer.Value;
                }
            }

            await ThinkAsync(50, 300 << Math.Min(polls, 5));
        }

        return null;
    }

    private async Task LookAtSeatsAsync()
    {
        var from = _world.Now;
        if (_token is { } token && await CallAsync("seats", i => _api.SeatsAsync(i, token, _house.ScheduleId)) is { IsOk: true } answer)
        {
            _log.Maps.Add(new(from, _world.Now, answer.Value!));
        }
    }

    /// <summary>Repeats a call that got no answer, if it has a key that makes a repeat harmless.</summary>
    private async Task<Answer<T>> InsistAsync<T>(string what, string? key, Func<Instance, Task<Answer<T>>> operation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await CallAsync(what, operation);
            if (answer.Kind != AnswerKind.Unknown || key is null || attempt == MaxTries)
            {
                return answer with { IsRepeat = attempt > 1 };
            }

            await ThinkAsync(50, 3000);
        }
    }

    private async Task<Answer<T>> CallAsync<T>(string what, Func<Instance, Task<Answer<T>>> operation)
    {
        _world.History.Add(_process.Name, $"? {what}");
        var answer = await _cluster.CallAsync(_process, operation);
        _world.History.Mix((int)answer.Kind);
        _world.History.Add(_process.Name, $"! {what}: {answer} {Describe(answer.Value)}");
        return answer;
    }

    private static string Describe<T>(T value) => value switch
    {
        ReservationView view => $"…{view.Id[^6..]} {view.Status} {view.Reason}",
        PaymentView view => $"…{view.Id[^6..]} {view.Status} {view.Reason}",
        QueueTokenView view => $"{view.Status} {view.Position}",
        Concert.Booking.Wallets.BalanceView view => $"{view.Balance}",
        _ => "",
    };

    private string? NewKey(string operation, double chance) => _random.Chance(chance) ? $"{operation}-{_plan.Number}-{++_keys}" : null;

    /// <summary>Comes back soon, or the moment that somebody's hold ends or its grace is over, or about then.</summary>
    private Task PauseAsync() => _random.Next(10) switch
    {
        < 4 => ThinkAsync(0, 1000),
        < 8 when _log.LastHoldEnds - _world.UtcNow is { } left => _process.DelayAsync(
            left + (_random.Chance(0.5) ? _settings.ReleaseGrace : TimeSpan.Zero) + TimeSpan.FromMilliseconds(_random.Between(-20, 800))),
        _ => _process.DelayAsync(_settings.HoldFor * (0.7 + (0.8 * _random.NextDouble()))),
    };

    private Task ThinkUntilAsync(TimeSpan moment) =>
        _process.DelayAsync(moment - TimeSpan.FromTicks(_world.Now) + TimeSpan.FromMilliseconds(_random.Between(0, 10)));

    private Task ThinkAsync(int minMilliseconds, int maxMilliseconds) =>
        _process.DelayAsync(TimeSpan.FromMilliseconds(_random.Between(minMilliseconds, maxMilliseconds)));
}
