namespace Concert.Testing.Promises;

/// <summary>L3: one request id, one effect, one answer; and no effect without a request.</summary>
public static class OneEffect
{
    public const string Id = "L3";

    /// <summary>A reservation is debited once, and refunded once for each cancellation, which its payment counts. Where that is not shown, L2 has the sums.</summary>
    public static IEnumerable<BrokenPromise> Entries(WalletEvidence wallet)
    {
        HashSet<string>? debited = null;
        Dictionary<string, int>? refunds = null;
        foreach (var entry in wallet.Ledger ?? [])
        {
            if (entry.Kind == EntryKind.Payment && !(debited ??= new(StringComparer.Ordinal)).Add(entry.Reference))
            {
                yield return new(Id, $"{wallet.UserId} has more than one {entry.Kind} for {entry.Reference}");
            }
            else if (entry.Kind == EntryKind.Refund)
            {
                refunds ??= new(StringComparer.Ordinal);
                refunds[entry.Reference] = refunds.GetValueOrDefault(entry.Reference) + 1;
            }
        }

        foreach (var (reservation, count) in refunds ?? [])
        {
            if (wallet.Payments?.FirstOrDefault(p => p.IsDebited && p.ReservationId == reservation)?.Refunds is { } counted && counted != count)
            {
                yield return new(Id, $"{wallet.UserId} has {count} {EntryKind.Refund} for {reservation}; its payment has {counted}");
            }
        }
    }

    /// <summary>An answered charge is in the ledger once, with the balance it was answered with; another one at most once; and nobody's never. Needs the charges.</summary>
    public static IEnumerable<BrokenPromise> Charges(WalletEvidence wallet)
    {
        if (wallet.Charges is not { } charges || wallet.Ledger is null)
        {
            yield break;
        }

        var entries = wallet.Ledger.Where(e => e.Kind == EntryKind.Charge).Select(e => (e.Amount, e.BalanceAfter)).ToList();
        var left = entries.GroupBy(e => e).ToDictionary(e => e.Key, e => e.Count());
        foreach (var charge in charges)
        {
            if (charge.Balance is { } balance && !Take(left, (charge.Amount, balance)))
            {
                yield return new(Id, $"{wallet.UserId}: a charge of {charge.Amount}, answered with balance {balance}, is not in the ledger for itself");
            }
        }

        var unanswered = charges.Where(c => c.Balance is null).GroupBy(c => c.Amount).ToDictionary(c => c.Key, c => c.Count());
        foreach (var ((amount, after), count) in left)
        {
            for (var i = 0; i < count; i++)
            {
                if (!Take(unanswered, amount))
                {
                    yield return new(Id, $"{wallet.UserId}: a charge of {amount} to {after} is in the ledger, and nobody asked for it, or not so often");
                }
            }
        }
    }

    /// <summary>Nobody has a reservation but those that were asked for, and each once. A refused request leaves none.</summary>
    public static IEnumerable<BrokenPromise> Unasked(SaleEvidence sale)
    {
        if (sale.Requests is null)
        {
            yield break;
        }

        var told = sale.Requests.Select(r => r.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var unknown = sale.Requests.Where(r => r.IsUnknown).ToLookup(r => r.UserId, StringComparer.Ordinal);
        foreach (var user in sale.Reservations.GroupBy(r => r.UserId, StringComparer.Ordinal))
        {
            List<ReservationFact> untold = [.. user.Where(r => r.Status != Status.Rejected && !told.Contains(r.Id))];
            if (!sale.Unsure.Contains(user.Key) && untold.Count > unknown[user.Key].Count())
            {
                yield return new(
                    Id, $"{user.Key} has {string.Join(", ", untold.Select(r => $"{r.Id} ({r.Status})"))} without an acceptance; {unknown[user.Key].Count()} requests had no answer");
            }

            if (user.GroupBy(r => r.Id, StringComparer.Ordinal).FirstOrDefault(r => r.Count() > 1) is { } twice)
            {
                yield return new(Id, $"{user.Key} is shown {twice.Key} {twice.Count()} times");
            }
        }
    }

    /// <summary>One key held places once; and nobody is accused of another body who sent one only.</summary>
    public static IEnumerable<BrokenPromise> Keys(SaleEvidence sale)
    {
        var ends = sale.Reservations.DistinctBy(r => r.Id, StringComparer.Ordinal).ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (var key in (sale.Requests ?? []).Where(r => r is { Key: not null, Id: not null }).GroupBy(r => (r.UserId, r.Key)))
        {
            var held = key.Where(r => !r.IsGuess && ends.GetValueOrDefault(r.Id!)?.Was(Status.Held) == true).Select(r => r.Id).Distinct(StringComparer.Ordinal).Count();
            if (held > 1)
            {
                yield return new(Id, $"Key {key.Key.Key} of {key.Key.UserId} held places {held} times");
            }

            if (key.Count() == 1 && ends.GetValueOrDefault(key.First().Id!)?.Reason == "idempotency-mismatch")
            {
                yield return new(Id, $"Key {key.Key.Key} of {key.Key.UserId} came with one body only, and {key.First().Id} was refused for another");
            }
        }
    }

    /// <summary>Of no reservation more was given back than was asked for.</summary>
    public static IEnumerable<BrokenPromise> Parts(SaleEvidence sale)
    {
        var asked = (sale.Requests ?? []).Where(r => r.Id is not null).ToLookup(r => r.Id!, r => r.PartsAsked, StringComparer.Ordinal);
        foreach (var reservation in sale.Reservations.Where(r => asked.Contains(r.Id) && asked[r.Id].All(parts => parts is not null)))
        {
            var parts = asked[reservation.Id].SelectMany(p => p!).ToList();
            var seats = parts.SelectMany(p => p.Seats).ToHashSet(StringComparer.Ordinal);
            var back = reservation.Parts.SelectMany(p => p.Seats).Concat(reservation.Status == Status.Cancelled ? reservation.Seats : []);
            var places = reservation.Status == Status.Cancelled ? reservation.FirstPlaces : reservation.Parts.Sum(p => p.Places);
            if (back.Any(seat => !seats.Contains(seat)) || places > parts.Sum(p => Math.Max(p.Seats.Count, p.Places)))
            {
                yield return new(
                    Id, $"{places} of {reservation.Id} came back, [{string.Join(' ', back)}]; asked for was "
                    + string.Join(", ", parts.Select(p => $"[{string.Join(' ', p.Seats)}] {p.Places}")));
            }
        }
    }

    /// <summary>What a key stands for, and what it was answered with, stays.</summary>
    public static IEnumerable<BrokenPromise> Repeated<T>(string what, T? first, T now)
    {
        if (first is not null && !EqualityComparer<T>.Default.Equals(first, now))
        {
            yield return new(Id, $"{what} first gave {first}, then {now}");
        }
    }

    private static bool Take<T>(Dictionary<T, int> left, T one)
        where T : notnull
    {
        var there = left.GetValueOrDefault(one);
        left[one] = Math.Max(0, there - 1);
        return there > 0;
    }
}
