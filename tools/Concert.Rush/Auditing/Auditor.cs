using System.Collections.Concurrent;
using Concert.Rush.Drill;
using Concert.Rush.Judging;
using Concert.Rush.Observation;
using Concert.Testing.Http;
using Concert.Testing.Sales;

namespace Concert.Rush.Auditing;

/// <summary>
/// When the rush is over: reads back everything that was promised, from the users' side, the public side and the admin's side.
/// A reading with a red verdict is repeated for a while, because caches may lag and repairs have their timers; what stays red is broken.
/// </summary>
public sealed class Auditor(DrillContext drill, IReadOnlyList<OpenSale> venues)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ParallelOptions _bounded = new() { MaxDegreeOfParallelism = Math.Clamp(drill.Options.Connections / 4, 1, 48) };
    private readonly RoomPass[] _judges = [.. venues.Select(v => new RoomPass(drill, $"rush-{drill.RunId}-judge", v.ConcertId))];

    /// <summary>The last reading and its verdicts.</summary>
    public async Task<(DrillEvidence Evidence, IReadOnlyList<Verdict> Verdicts, int Readings)> JudgeAsync(IScenario scenario, CancellationToken cancellationToken)
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

    private async Task<DrillEvidence> ReadAsync(CancellationToken cancellationToken)
    {
        // Not part of the time in which the reading may be blurred: entering may take the judge a while.
        await EachAsync(_judges, EnterAsync);
        var reading = new Reading(drill.Seen, drill.Options.Scenario, drill.Api.Client.ServerNow);
        var reports = await ReadEachAsync(Enumerable.Range(0, venues.Count), ScheduleAsync);
        var reservations = await ReservationsAsync(reading);
        var payments = await PaymentsAsync(reading);
        var wallets = await WalletsAsync(reading, payments);
        return reading.Close([.. reports], reservations, payments, wallets, drill.Api.Client.ServerNow);

        async ValueTask EnterAsync(RoomPass judge, CancellationToken token)
        {
            if (!judge.IsInside)
            {
                await judge.JoinAsync(token);
            }

            await judge.AwaitActiveAsync(token);
        }
    }

    private async Task<ScheduleReading?> ScheduleAsync(int index, CancellationToken cancellationToken)
    {
        var (venue, token) = (venues[index], _judges[index].Token);
        var report = (await drill.Api.ReportAsync(venue.ScheduleId, cancellationToken)).Require("Reading the report");
        var dates = await drill.Api.DatesAsync(token, venue.ConcertId, cancellationToken);
        var map = await drill.Api.SeatsAsync(token, venue.ScheduleId, cancellationToken);
        return new ScheduleReading(AnswerFacts.Of(venue, report, dates.Data?.FirstOrDefault(d => d.Id == venue.ScheduleId), map.Data), report.DeadLetters);
    }

    /// <summary>What was accepted, one by one, and then each user's list for what was not.</summary>
    private async Task<IReadOnlyList<ReservationReading>> ReservationsAsync(Reading reading)
    {
        var asks = drill.Seen.Asks.Where(a => a.Accepted).DistinctBy(a => a.ReservationId).ToList();
        var accepted = asks.Select(a => a.ReservationId!).ToHashSet(StringComparer.Ordinal);
        var asked = await ReadEachAsync(asks, async (ask, token) =>
        {
            var answer = await drill.Api.ReservationAsync(drill.Seen.Tokens[ask.UserId], ask.ReservationId!, null, token);
            if (answer is { Succeeded: true, Data: { } data })
            {
                return new ReservationReading(data.ConcertScheduleId ?? ask.ScheduleId, AnswerFacts.Of(data, ask.UserId));
            }

            reading.Missing.Enqueue($"{ask.ReservationId} ({answer.Code ?? "no data"})");
            return null;
        });
        var others = new ConcurrentQueue<ReservationReading>();
        await EachAsync(drill.Seen.Tokens, async (user, token) =>
        {
            await foreach (var listed in drill.Api.ReservationsAsync(user.Value, token))
            {
                if (!accepted.Contains(listed.Id))
                {
                    others.Enqueue(new ReservationReading(listed.ConcertScheduleId ?? venues[0].ScheduleId, AnswerFacts.Of(listed, user.Key)));
                }
            }
        });
        return [.. asked, .. others];
    }

    private Task<IReadOnlyList<PaymentFact>> PaymentsAsync(Reading reading)
    {
        var attempts = drill.Seen.Payments.Where(p => p.PaymentId is not null).DistinctBy(p => p.PaymentId);
        return ReadEachAsync(attempts, async (attempt, token) =>
        {
            var answer = await drill.Api.PaymentAsync(drill.Seen.Tokens[attempt.UserId], attempt.PaymentId!, null, token);
            if (answer is { Succeeded: true, Data: { } data })
            {
                return AnswerFacts.Of(data, attempt.UserId, attempt.ReservationId);
            }

            reading.Missing.Enqueue($"{attempt.PaymentId} ({answer.Code ?? "no data"})");
            return null;
        });
    }

    private Task<IReadOnlyList<WalletEvidence>> WalletsAsync(Reading reading, IReadOnlyList<PaymentFact> payments)
    {
        var charges = drill.Seen.Charges.ToLookup(c => c.UserId);
        return ReadEachAsync(charges, async (wallet, token) =>
        {
            if (!drill.Seen.Tokens.TryGetValue(wallet.Key, out var queueToken))
            {
                reading.Missing.Enqueue($"wallet of {wallet.Key} (no token)");
                return null;
            }

            var balance = await drill.Api.BalanceAsync(queueToken, wallet.Key, token);
            if (balance.Data is null)
            {
                reading.Missing.Enqueue($"wallet of {wallet.Key} ({balance.Code ?? "no data"})");
                return null;
            }

            var ledger = new List<LedgerFact>();
            await foreach (var entry in drill.Api.LedgerAsync(queueToken, token))
            {
                ledger.Add(AnswerFacts.Of(entry));
            }

            // It is shown newest first.
            ledger.Reverse();
            var unsure = reading.Unsure.Contains(wallet.Key);
            return new WalletEvidence(wallet.Key, balance.Data.Balance)
            {
                Ledger = ledger,
                Payments = unsure ? null : [.. payments.Where(p => p.UserId == wallet.Key)],
                Charges = unsure ? null : [.. wallet.Select(c => new ChargeFact(c.Amount, c.Balance))],
            };
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
