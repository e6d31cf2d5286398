using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Tests.Support;
using Concert.Booking.Wallets;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Properties;

[Trait("Rule", "L1"), Trait("Rule", "L2")]
public sealed class WalletProperties
{
    private const long MaxBalance = 5_000;

    /// <summary>Changes under few keys, so that most are repeats; batches of any size.</summary>
    private static readonly Arbitrary<(int Kind, int Key, int BatchEnds)[]> Changes = Gen.ArrayOf(
        from kind in Gen.Choose(0, 3)
        from key in Gen.Choose(0, 11)
        from ends in Gen.Choose(0, 3)
        select (kind, key, ends)).ToArbitrary();

    private static WalletChange Change(int kind, int key)
    {
        var payment = new PaymentDocument(Section.PaymentCode($"pay{key}"), PaymentStatus.Pending, $"reservation{key}", 100 * (key % 5), 0, 0, "hold-expired");
        return kind switch
        {
            0 => new WalletChange.Charge($"key{key}", "hash", "ref", 200 * key, TimeSpan.FromDays(1)),
            1 => new WalletChange.Debit(payment),
            2 => new WalletChange.Fail(payment),
            _ => new WalletChange.Refund(Section.PaymentCode($"pay{key}"), 1 + (key % 3), 50 * (key % 5), IsLast: key % 2 == 0),
        };
    }

    [Fact]
    public void Wallet_AnyChangesInAnyBatches_IsExactNeverNegativeAndRepeatsChangeNothing() => Check.One(
        PropertyRuns.Of(200),
        Prop.ForAll(Changes, changes => PlayAsync(changes).GetAwaiter().GetResult()));

    private static async Task PlayAsync((int Kind, int Key, int BatchEnds)[] changes)
    {
        using var world = new World();
        var outcomes = new Dictionary<(string, Type), WalletOutcome>();
        var batch = new List<WalletChange>();
        foreach (var (kind, key, ends) in changes)
        {
            batch.Add(Change(kind, key));
            if (ends == 0 || batch.Count == 30)
            {
                await ApplyAsync(world, batch, outcomes);
                batch.Clear();
            }
        }

        await ApplyAsync(world, batch, outcomes);
        var before = world.Store.Snapshot();

        // Refused refunds and charges leave no mark and may be made later; all that left one is repeated.
        var made = changes.Select(c => Change(c.Kind, c.Key))
            .Where(c => c is WalletChange.Debit or WalletChange.Fail || outcomes[(c.MarkerId, c.GetType())] is WalletOutcome.Applied).ToList();
        foreach (var repeat in made.Chunk(30))
        {
            await ApplyAsync(world, [.. repeat], []);
        }

        world.Store.Snapshot().ShouldBe(before);
    }

    private static async Task ApplyAsync(World world, List<WalletChange> changes, Dictionary<(string, Type), WalletOutcome> outcomes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        var partition = World.WalletOf("kim");
        var stored = await world.Store.ReadManyAsync(
            partition, [WalletDocument.DocumentId, .. changes.Select(c => c.MarkerId).Distinct(StringComparer.Ordinal)], CancellationToken.None);
        var wallet = DocumentJson.ReadVersioned<WalletDocument>(stored[0]);
        var decision = new WalletDecision(wallet, World.Start, new WalletOptions { MaxBalance = MaxBalance });
        foreach (var marker in stored.Skip(1).OfType<StoredDocument>())
        {
            decision.Found(marker);
        }

        foreach (var change in changes)
        {
            outcomes[(change.MarkerId, change.GetType())] = decision.Decide(change);
        }

        var operations = decision.ToOperations();
        if (operations.Count > 0)
        {
            (await world.Store.CommitAsync(partition, operations, CancellationToken.None)).ShouldBeOfType<CommitResult.Committed>();
        }

        Invariants.CheckWallets(world);
        var after = world.Store.Find<WalletDocument>(partition, WalletDocument.DocumentId) ?? WalletDocument.Empty;
        after.Balance.ShouldBeLessThanOrEqualTo(MaxBalance + after.Refunded, "a charge never lifts a balance over the limit; money that comes back may");
        foreach (var payment in world.Store.All<PaymentDocument>(DocumentContainer.Wallets, "kim", PaymentDocument.Prefix))
        {
            (payment.Refund ?? 0).ShouldBeLessThanOrEqualTo(payment.Amount, "L4");
            (payment.Status == PaymentStatus.Failed).ShouldBe(payment.Reason is not null && payment.Status != PaymentStatus.Completed && payment.Refund is null);
        }
    }
}
