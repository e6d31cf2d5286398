using Concert.Booking.Availability;
using Concert.Booking.Calls;
using Concert.Booking.Catalog;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

/// <summary>A user whom the platform knows gets a lost token back; in Development anybody could ask for anybody's.</summary>
[Trait("Rule", "R-ONETOKEN")]
public sealed class LostTokenTests : IDisposable
{
    private static readonly (string, string) Platform = ("Identity:Mode", "Platform");

    /// <summary>What every world has on sale is over by then.</summary>
    private static readonly DateTimeOffset Now = World.Start.AddDays(31);

    private readonly World _world = new(Platform, ("WaitingRoom:MaxActive", "1"));

    public void Dispose() => _world.Dispose();

    private async Task<QueueAnswer> JoinAsync(string user, string? key = null, World? world = null) =>
        (await (world ?? _world).Get<IQueueUseCases>().JoinAsync(user, null, key, CancellationToken.None)).Value;

    private async Task OpenInTenMinutesAsync()
    {
        var catalog = _world.Get<ICatalogAdmin>();
        var concert = (await catalog.CreateConcertAsync(new NewConcert("Spring"), null, CancellationToken.None)).Value.Id;
        await catalog.CreateScheduleAsync(
            new NewSchedule(
                concert, Now.AddDays(60), Now.AddDays(61), Now.AddMinutes(10), Now.AddMinutes(600), null, [new NewInventory("Floor", 5, 7)]),
            null,
            CancellationToken.None);
    }

    [Fact]
    public async Task Join_TokenIsLostInAnyState_GivesTheSameBack()
    {
        _world.Time.Advance(Now - World.Start);
        await OpenInTenMinutesAsync();
        var (kim, lee) = (await JoinAsync("kim"), await JoinAsync("lee"));
        await ShouldBeGivenBackAsync("EARLY", "EARLY");
        _world.Time.Advance(TimeSpan.FromMinutes(10));
        await ShouldBeGivenBackAsync("WAITING", "WAITING");
        await _world.Timers.AdmitWaitingAsync(CancellationToken.None);
        await ShouldBeGivenBackAsync("ACTIVE", "WAITING");

        async Task ShouldBeGivenBackAsync(params string[] statuses)
        {
            var seen = new List<string>();
            foreach (var (user, token) in new[] { ("kim", kim.View.Token), ("lee", lee.View.Token) })
            {
                var again = await JoinAsync(user);
                again.View.Token.ShouldBe(token);
                again.IsNew.ShouldBeFalse();
                seen.Add(again.View.Status);
            }

            seen.ShouldBe(statuses, ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Join_TokenIsLostAfterARotation_GivesTheSameBack()
    {
        var first = await JoinAsync("kim");
        using var rotated = new World(
            _world, Platform, ("WaitingRoom:SigningKey", new string('x', 32)), ("WaitingRoom:PreviousSigningKey", new string('k', 32)));

        (await JoinAsync("kim", world: rotated)).View.Token.ShouldBe(first.View.Token);
    }

    [Fact]
    public async Task Join_TokenIsLostUnderAKey_ARepeatAfterItEndedShowsThatAndJoinsNothing()
    {
        var first = await JoinAsync("kim");
        (await JoinAsync("kim", "key")).View.Token.ShouldBe(first.View.Token);
        var queue = _world.Get<IQueueUseCases>();
        await queue.LeaveAsync(_world.Get<TokenSigner>().Verify(first.View.Token).Value, null, CancellationToken.None);
        var joined = _world.Room.Joined;

        var repeat = await JoinAsync("kim", "key");

        repeat.View.Token.ShouldBe(first.View.Token);
        repeat.View.Status.ShouldBe("ENDED");
        repeat.IsNew.ShouldBeFalse();
        _world.Room.Joined.ShouldBe(joined);
    }

    [Fact]
    public async Task Join_InDevelopment_IsAlreadyQueued()
    {
        await JoinAsync("kim");
        using var development = new World(_world);

        (await development.Get<IQueueUseCases>().JoinAsync("kim", null, null, CancellationToken.None)).Refusal!.Code.ShouldBe(RefusalCode.AlreadyQueued);
    }
}
