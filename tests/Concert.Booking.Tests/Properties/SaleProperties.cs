using Concert.Booking.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Properties;

[Trait("Rule", "S1"), Trait("Rule", "S2"), Trait("Rule", "S4"), Trait("Rule", "L2"), Trait("Rule", "F1")]
[Trait("Rule", "R-STATES")]
public sealed class SaleProperties
{
    private static readonly CommitFault[] EveryFault =
    [
        CommitFault.CrashBefore, CommitFault.CrashAfter, CommitFault.Refused, CommitFault.AnswerLost, CommitFault.RequestLost, CommitFault.Throttled,
    ];

    private static void ForAll(int runs, int size, Arbitrary<Script> scripts, Func<Script, Task> body) => Check.One(
        PropertyRuns.Of(runs).WithStartSize(10).WithEndSize(size),
        Prop.ForAll(scripts, script => body(script).GetAwaiter().GetResult()));

    [Fact]
    public void Sale_AnyOrderOfCommandsAndFaults_KeepsEveryPromiseAtEveryStep() => ForAll(120, 120, Scripts.Arbitrary(), async script =>
    {
        using var sale = new Sale();
        sale.BeginFaults(script.FaultSeed, EveryFault);
        foreach (var step in script.Steps)
        {
            await sale.PlayAsync(step);
            Invariants.Check(sale.World);
        }

        await sale.SettleAsync();
    });

    [Fact]
    public void Sale_CrashesBetweenAnyTwoWrites_EndsWhereItEndsWithoutThem() => ForAll(
        60,
        60,
        Scripts.Arbitrary(Happening.Deliver, Happening.Redeliver, Happening.GiveUpOn),
        async script =>
        {
            async Task<string> PlayAsync(bool faulty)
            {
                using var sale = new Sale();
                var seed = script.FaultSeed;
                foreach (var step in script.Steps)
                {
                    await sale.PlayAsync(step);
                    if (faulty)
                    {
                        sale.BeginFaults(seed++, EveryFault);
                    }

                    await sale.World.DrainAsync();
                    sale.EndFaults();
                }

                sale.World.Queue.DeadLetters.ShouldBeEmpty();
                return sale.Ends();
            }

            (await PlayAsync(faulty: true)).ShouldBe(await PlayAsync(faulty: false));
        });

    [Fact]
    public async Task Sale_OneCrashAtEachWriteInTurn_EndsWhereItEndsWithoutIt()
    {
        var clean = await PlayAsync(0, CommitFault.None);
        for (var commit = 1; commit <= clean.Commits; commit++)
        {
            foreach (var fault in EveryFault)
            {
                (await PlayAsync(commit, fault)).Ends.ShouldBe(clean.Ends, $"{fault} at write {commit}");
            }
        }

        static async Task<(string Ends, int Commits)> PlayAsync(int commit, CommitFault fault)
        {
            using var sale = new Sale();
            var seen = 0;
            Step[] steps =
            [
                new(Happening.Charge, 0, 1), new(Happening.ReserveSeats, 0, 0), new(Happening.ReserveSeats, 1, 0), new(Happening.Pay, 0, 0),
                new(Happening.ReservePlaces, 1, 2), new(Happening.Cancel, 0, 0), new(Happening.ReserveSeats, 1, 13), new(Happening.WaitLong, 0, 0),
                new(Happening.ReserveSeats, 2, 14), new(Happening.RunTimers, 0, 0),
            ];
            foreach (var step in steps)
            {
                sale.World.Gate.Flush();
                await sale.PlayAsync(step);
                sale.World.Store.OnCommit = (_, _) => ++seen == commit ? fault : CommitFault.None;
                await sale.World.DrainAsync();
                sale.World.Store.OnCommit = null;
            }

            Invariants.CheckSettled(sale.World);
            return (sale.Ends(), seen);
        }
    }
}
