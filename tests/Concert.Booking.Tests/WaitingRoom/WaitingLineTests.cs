using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

/// <summary>What the contract of the port does not see: the changes to write, and taking them back.</summary>
[Trait("Rule", "Q1")]
public sealed class WaitingLineTests
{
    private const long Start = 1_900_000_000_000;

    private static readonly RoomLimits Limits = new(3, 2, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(15));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Undo_AnyCall_LeavesTheLineAsItWas(int seed)
    {
        var undone = 0;
        Walk(seed, (line, call) =>
        {
            var before = Picture(line);
            var changes = call(line);
            line.Undo(changes);
            Picture(line).ShouldBe(before);
            undone += changes.Count;
            call(line);
        });
        undone.ShouldBeGreaterThan(200);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_ChangesOfAllCalls_MakesTheSameLine(int seed)
    {
        var copy = new WaitingLine();
        Walk(seed, (line, call) =>
        {
            copy.Apply(call(line));
            Picture(copy).ShouldBe(Picture(line));
        });
    }

    [Fact]
    public void Undo_SeveralCallsNewestFirst_LeavesTheLineAsItWas()
    {
        var line = new WaitingLine();
        var first = line.Join(Claims("a", Start), Limits, Start);
        var before = Picture(line);
        var second = line.Join(Claims("b", Start), Limits, Start);
        var third = line.End(((JoinResult.Joined)first.Result).Claims, Start + 1);

        line.Undo(third.Changes);
        line.Undo(second.Changes);

        Picture(line).ShouldBe(before);
    }

    [Fact]
    public void Get_KnownMember_WritesNothing()
    {
        var line = new WaitingLine();
        var claims = Claims("a", Start);
        line.Join(claims, Limits, Start);

        line.Get(claims, poll: true, Limits, Start + 1000).Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Admit_EndedTokens_AreForgottenOnceTheyAreOutlivedSoManyARound()
    {
        const int Many = 2_500;
        var line = new WaitingLine();
        for (var i = 0; i < Many; i++)
        {
            line.End(Claims("gone", Start - 60_000), Start).Changes.ShouldHaveSingleItem().ShouldBeOfType<LineChange.Ended>().After.ShouldNotBeNull();
        }

        line.Admit(Limits, Start + (long)TimeSpan.FromHours(24.9).TotalMilliseconds).Changes.ShouldBeEmpty();
        line.Ended.Count().ShouldBe(Many);
        var over = Start + (long)TimeSpan.FromHours(26).TotalMilliseconds;
        foreach (var count in new[] { 2_000, 500, 0 })
        {
            line.Admit(Limits, over).Changes.Cast<LineChange.Ended>().Count(ended => ended.After is null).ShouldBe(count);
        }

        line.Ended.ShouldBeEmpty();
    }

    [Fact]
    public void Admit_EarlyTokenThatEndedBeforeItsOpening_IsRememberedForADayAfterThat()
    {
        var (line, opening) = (new WaitingLine(), Start + (long)TimeSpan.FromDays(3).TotalMilliseconds);
        var resting = Limits with { Sale = new LineSale(null, Time(opening)) };
        var claims = Claims("early", Start) with { Early = new EarlyEntry(Time(opening), 1) };
        line.Join(claims, resting, Start);
        line.End(claims, Start);

        line.Admit(Limits with { Sale = new LineSale(Time(opening), null) }, opening + (long)TimeSpan.FromHours(24).TotalMilliseconds);

        line.Ended.ShouldHaveSingleItem().TokenId.ShouldBe(claims.Id);
    }

    private static TokenClaims Claims(string user, long at) => new(Guid.NewGuid(), user, "room", DateTimeOffset.FromUnixTimeMilliseconds(at));

    /// <summary>A random walk: joins, repeats, polls of known, foreign and older tokens, endings and rounds.</summary>
    private static void Walk(int seed, Action<WaitingLine, Func<WaitingLine, IReadOnlyList<LineChange>>> step)
    {
        var random = new Random(seed);
        var (line, tokens, now) = (new WaitingLine(), new List<TokenClaims>(), Start);
        var (early, draws) = (0, 0);
        for (var i = 0; i < 600; i++)
        {
            var at = now += random.Next(3000);
            if (tokens.Count == 0 || random.Next(3) == 0)
            {
                tokens.Add(Claims($"u{random.Next(25)}", at - (random.Next(4) == 0 ? 1_000_000 : 0)) with
                {
                    Early = random.Next(2) == 0 ? new EarlyEntry(Time(at + 10_000), random.Next(1 << 20)) : null,
                });
            }

            // On sale for a minute and then not for as long; callers are not of one mind about when that is.
            var minute = (at + random.Next(3) * 1000) / 60_000;
            var limits = Limits with
            {
                Sale = minute % 2 == 0 ? new LineSale(Time(minute * 60_000), null) : new LineSale(Time((minute - 1) * 60_000), Time((minute + 1) * 60_000)),
            };
            early += line.Early.Count;
            draws = line.Record.NextDraw;

            var claims = tokens[^(1 + random.Next(Math.Min(tokens.Count, 20)))];
            var kind = random.Next(8);
            step(line, target => kind switch
            {
                < 4 => target.Join(claims, limits, at).Changes,
                < 6 => target.Get(claims, poll: true, limits, at).Changes,
                6 => target.End(claims, at).Changes,
                _ => target.Admit(limits, at).Changes,
            });
        }

        early.ShouldBeGreaterThan(100);
        draws.ShouldBeGreaterThan(5);
    }

    private static string Picture(WaitingLine line) => string.Join('\n',
    [
        line.Record.Began.ToString()!,
        .. line.Record.Admissions.Select(admission => admission.ToString()),
        .. line.Record.Draws.Select(draw => draw.ToString()),
        .. line.Early.OrderBy(m => m.Claims.Id).Select(Picture),
        .. line.Waiting.Select(Picture),
        .. line.Active.Select(Picture),
        .. line.Ended.Order().Select(ended => ended.ToString()),
    ]);

    private static string Picture(LineMember member) =>
        $"{member.Claims} {member.Order} {member.Sequence} {member.ActiveUntil} {member.Draw}";

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
