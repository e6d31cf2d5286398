using System.Collections.Concurrent;
using Concert.Rush.Api;
using Concert.Rush.Drill;
using Concert.Rush.Judging;
using Concert.Rush.Observation;

namespace Concert.Rush.Auditing;

/// <summary>
/// When the rush is over: reads back everything that was promised, from the users' side, the public side and the admin's side.
/// A reading with a red verdict is repeated for a while, because caches may lag and repairs have their timers; what stays red is broken.
/// </summary>
public sealed class Auditor(DrillContext drill, IReadOnlyList<Venue> venues)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ParallelOptions _bounded = new() { MaxDegreeOfParallelism = Math.Clamp(drill.Options.Connections / 4, 1, 48) };
    private readonly RoomPass[] _judges = [.. venues.Select(v => new RoomPass(drill, $"rush-{drill.RunId}-judge", v.ConcertId))];

    /// <summary>The last reading and its verdicts.</summary>
    public async Task<(Evidence Evidence, IReadOnlyList<Verdict> Verdicts, int Readings)> JudgeAsync(IScenario scenario, CancellationToken cancellationToken)
    {
        _bounded.CancellationToken = cancellationToken;
        var started = drill.Time.GetTimestamp();
        for (var readings = 1; ; readings++)
        {
            drill.Board.Phase = readings == 1 ? "Auditing" : $"Auditing again ({readings})";
            var evidence = scenario.Complete(await ReadAsync(cancellationToken));
            var verdicts = Verdicts.Judge(evidence);
            if (verdicts.All(v => v.Kept) || drill.Time.GetElapsedTime(started) + Pause > drill.Options.Settle)
            {
                await Task.WhenAll(_judges.Select(j => j.LeaveAsync(cancellationToken)));
                return (evidence, verdicts, readings);
            }

            await Task.Delay(Pause, drill.Time, cancellationToken);
        }
    }

    private async Task<Evidence> ReadAsync(CancellationToken cancellationToken)
    {
        // Not part of the time in which the reading may be blurred: entering may take the judge a while.
        await EachAsync(_judges, EnterAsync);
        var unreadable = new ConcurrentQueue<string>();
        var from = drill.Api.Client.ServerNow;
        var schedules = await ReadEachAsync(Enumerable.Range(0, venues.Count), ScheduleAsync);
        var reservations = await ReservationsAsync(unreadable);
        var payments = await PaymentsAsync(unreadable);
        var wallets = await WalletsAsync(unreadable);
        return new Evidence(drill.Options.Scenario)
        {
            Asks = [.. drill.Seen.Asks],
            PaymentAttempts = [.. drill.Seen.Payments],
            Cancels = [.. drill.Seen.Cancels],
            Unanswered = [.. drill.Seen.Unanswered],
            Reservations = reservations,
            Payments = payments,
            Wallets = wallets,
            Schedules = schedules,
            Unreadable = [.. unreadable],
            From = from,
            To = drill.Api.Client.ServerNow,
        };

        async ValueTask EnterAsync(RoomPass judge, CancellationToken token)
        {
            if (!judge.IsInside)
            {
                await judge.JoinAsync(token);
            }

            await judge.AwaitActiveAsync(token);
        }
    }

    private async Task<ScheduleFact?> ScheduleAsync(int index, CancellationToken cancellationToken)
    {
        var (venue, token) = (venues[index], _judges[index].Token);
        var report = (await drill.Api.ReportAsync(venue.ScheduleId, cancellationToken)).Require("Reading the report");
        var dates = await drill.Api.DatesAsync(token, venue.ConcertId, cancellationToken);
        var map = await drill.Api.SeatsAsync(token, venue.ScheduleId, cancellationToken);
        return Facts.Of(venue, report, dates.Data?.FirstOrDefault(d => d.Id == venue.ScheduleId), map.Data);
    }

    private async Task<IReadOnlyList<ReservationFact>> ReservationsAsync(ConcurrentQueue<string> unreadable)
    {
        var asks = drill.Seen.Asks.Where(a => a.Accepted).DistinctBy(a => a.ReservationId).ToList();
        var accepted = asks.Select(a => a.ReservationId!).ToHashSet();
        var asked = await ReadEachAsync(asks, async (ask, token) =>
        {
            var answer = await drill.Api.ReservationAsync(drill.Seen.Tokens[ask.UserId], ask.ReservationId!, null, token);
            if (answer is { Succeeded: true, Data: { } data })
            {
                return Facts.Of(data, ask.UserId, ask.ScheduleId, unasked: false);
            }

            unreadable.Enqueue($"{ask.ReservationId} ({answer.Code ?? "no data"})");
            return null;
        });
        var others = new ConcurrentQueue<ReservationFact>();
        await EachAsync(drill.Seen.Tokens, async (user, token) =>
        {
            await foreach (var listed in drill.Api.ReservationsAsync(user.Value, token))
            {
                if (!accepted.Contains(listed.Id))
                {
                    others.Enqueue(Facts.Of(listed, user.Key, venues[0].ScheduleId, unasked: true));
                }
            }
        });
        return [.. asked, .. others];
    }

    private Task<IReadOnlyList<PaymentFact>> PaymentsAsync(ConcurrentQueue<string> unreadable)
    {
        var attempts = drill.Seen.Payments.Where(p => p.PaymentId is not null).DistinctBy(p => p.PaymentId);
        return ReadEachAsync(attempts, async (attempt, token) =>
        {
            var answer = await drill.Api.PaymentAsync(drill.Seen.Tokens[attempt.UserId], attempt.PaymentId!, null, token);
            if (answer is { Succeeded: true, Data: { } data })
            {
                return new PaymentFact(data.Id, attempt.UserId, attempt.ReservationId, data.Status, data.TotalAmount ?? 0);
            }

            unreadable.Enqueue($"{attempt.PaymentId} ({answer.Code ?? "no data"})");
            return null;
        });
    }

    private Task<IReadOnlyList<WalletFact>> WalletsAsync(ConcurrentQueue<string> unreadable)
    {
        var charges = drill.Seen.Charges.ToLookup(c => c.UserId);
        return ReadEachAsync(charges, async (wallet, token) =>
        {
            if (!drill.Seen.Tokens.TryGetValue(wallet.Key, out var queueToken))
            {
                unreadable.Enqueue($"wallet of {wallet.Key} (no token)");
                return null;
            }

            var balance = await drill.Api.BalanceAsync(queueToken, wallet.Key, token);
            if (balance.Data is null)
            {
                unreadable.Enqueue($"wallet of {wallet.Key} ({balance.Code ?? "no data"})");
                return null;
            }

            var reader = new WalletReader();
            await foreach (var entry in drill.Api.LedgerAsync(queueToken, token))
            {
                reader.Add(entry);
            }

            return reader.Close(wallet.Key, balance.Data.Balance, [.. wallet]);
        });
    }

    private async Task<IReadOnlyList<TFact>> ReadEachAsync<T, TFact>(IEnumerable<T> items, Func<T, CancellationToken, Task<TFact?>> read)
        where TFact : class
    {
        var facts = new ConcurrentQueue<TFact>();
        await EachAsync(items, async (item, token) =>
        {
            if (await read(item, token) is { } fact)
            {
                facts.Enqueue(fact);
            }
        });
        return [.. facts];
    }

    private Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> act) => Parallel.ForEachAsync(items, _bounded, async (item, token) =>
    {
        await act(item, token);
        drill.Board.Up(Stage.Audited);
    });
}
