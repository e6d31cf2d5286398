using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Testing.Promises;
using Concert.Testing.Promises.Documents;
using Shouldly;

namespace Concert.Booking.Tests.Support;

/// <summary>What must always be true, judged by the shared rules on the documents themselves.</summary>
internal static class Invariants
{
    private static readonly (SectionRef Section, long Capacity)[] Sections =
        [(World.Seats, World.SeatCount), (World.Large, World.LargeCount), (World.Floor, World.Standing)];

    /// <summary>Holds at any moment, also between the steps of a saga.</summary>
    public static void Check(World world)
    {
        var (sections, wallets) = Observe(world);
        ShouldHold([.. Always(sections, wallets), .. LimitsOf(world).SelectMany(UserLimit.Now)]);
    }

    /// <summary>Holds once everything is handled: F1, nothing is left half done.</summary>
    public static void CheckSettled(World world)
    {
        var (sections, wallets) = Observe(world);
        var sale = new SaleEvidence
        {
            Places = [.. sections.Select(s => s.Evidence)],
            Wallets = [.. wallets.Select(w => w.Evidence)],
            Payments = [.. wallets.SelectMany(w => w.Evidence.Payments!)],
            HoldsMayRun = true,
            Waiting = world.Queue.Waiting,
        };
        ShouldHold([.. Always(sections, wallets), .. AllPromises.Settled(sale), .. sections.SelectMany(s => NothingDue(world, s.Section)), .. LimitsOf(world).SelectMany(UserLimit.Now)]);
    }

    public static void CheckWallets(World world) => ShouldHold([.. Observe(world).Wallets.Select(w => w.Evidence with { Payments = null }).SelectMany(AllPromises.Always)]);

    private static IEnumerable<BrokenPromise> Always(IReadOnlyCollection<SectionObserver> sections, IReadOnlyCollection<WalletObserver> wallets)
    {
        var reservations = sections.SelectMany(s => s.Evidence.Reservations).ToDictionary(r => r.Id, StringComparer.Ordinal);
        var payments = wallets.SelectMany(w => w.Evidence.Payments!).ToDictionary(p => p.Id, StringComparer.Ordinal);
        return
        [
            .. sections.SelectMany(s => AllPromises.Always(s.Evidence)),
            .. wallets.SelectMany(w => AllPromises.Always(w.Evidence)),
            .. reservations.Values.SelectMany(LegalHistory.Check),
            .. reservations.Values.SelectMany(r => SoldMeansPaid.Step(r, payments.GetValueOrDefault(r.PaymentId ?? ""))),
            .. payments.Values.SelectMany(RefundsBounded.Check),
            .. payments.Values.SelectMany(p => SoldMeansPaid.Step(p, reservations.GetValueOrDefault(p.ReservationId))),
        ];
    }

    private static (IReadOnlyList<SectionObserver> Sections, IReadOnlyCollection<WalletObserver> Wallets) Observe(World world)
    {
        List<SectionObserver> sections = [.. Sections.Select(s => new SectionObserver(s.Section, s.Capacity))];
        var wallets = new Dictionary<string, WalletObserver>(StringComparer.Ordinal);
        foreach (var (partition, stored) in world.Store.All())
        {
            var document = DocumentReading.Parse(DocumentReading.TypeOf(stored), stored);
            if (partition.Container == DocumentContainer.Bookings)
            {
                sections.Find(s => s.Section.PartitionKey == partition.Key)?.Put(document);
            }
            else if (partition.Container == DocumentContainer.Wallets)
            {
                if (!wallets.TryGetValue(partition.Key, out var wallet))
                {
                    wallets[partition.Key] = wallet = new WalletObserver(partition.Key);
                }

                wallet.Put(document);
            }
        }

        return (sections, wallets.Values);
    }

    private static IEnumerable<LimitEvidence> LimitsOf(World world)
    {
        var live = Sections
            .SelectMany(s => world.Store.All<ReservationDocument>(DocumentContainer.Bookings, s.Section.PartitionKey, ReservationDocument.Prefix)
                .Where(r => !r.HasEnded && r.Status != ReservationStatus.Pending).Select(r => (r.UserId, Id: r.IdIn(s.Section).ToString(), r.Places)))
            .ToLookup(r => r.UserId, StringComparer.Ordinal);
        var users = world.Store.All().Where(d => d.Partition.Container == DocumentContainer.Wallets).Select(d => d.Partition.Key).Concat(live.Select(l => l.Key));
        return users.Distinct(StringComparer.Ordinal).Select(user => new LimitEvidence(user, world.Rules.MaxPerUser)
        {
            Counted = (world.Store.Find<LimitDocument>(World.WalletOf(user), LimitDocument.IdOf(World.ScheduleId))?.Counted ?? [])
                .ToDictionary(c => c.Reservation, c => c.Places, StringComparer.Ordinal),
            Live = live[user].ToDictionary(r => r.Id, r => r.Places, StringComparer.Ordinal),
        });
    }

    /// <summary>F1: once all is handled only a hold has something that a timer should look at.</summary>
    private static IEnumerable<BrokenPromise> NothingDue(World world, SectionRef section) => world.Store
        .All<ReservationDocument>(DocumentContainer.Bookings, section.PartitionKey, ReservationDocument.Prefix)
        .Where(r => r.Due is not null && r.Status != ReservationStatus.Held)
        .Select(r => new BrokenPromise(NothingStuck.Id, $"{r.Status} {r.Code} is due at {r.Due}"));

    private static void ShouldHold(IReadOnlyCollection<BrokenPromise> broken) => broken.ShouldBeEmpty(string.Join('\n', broken));
}
