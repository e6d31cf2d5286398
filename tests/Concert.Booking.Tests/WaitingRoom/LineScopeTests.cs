using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

/// <summary>A token admits to its own line and to no other.</summary>
[Trait("Rule", "Q1")]
[Trait("Rule", "R-SCOPE")]
public sealed class LineScopeTests
{
    private static readonly (string, string) PerConcert = ("WaitingRoom:Scope", "Concert");
    private static readonly (string, string) OneActive = ("WaitingRoom:MaxActive", "1");

    private static Task<Result<QueueAnswer>> JoinAsync(World world, string user, string? concert) =>
        world.Get<IQueueUseCases>().JoinAsync(user, concert, null, CancellationToken.None);

    private static TokenClaims ClaimsOf(World world, Result<QueueAnswer> answer) => world.Get<TokenSigner>().Verify(answer.Value.View.Token).Value;

    private static Task<Refusal?> RequireAsync(World world, TokenClaims claims, string? concert) =>
        world.Get<IQueueUseCases>().RequireActiveAsync(claims, concert, CancellationToken.None);

    [Fact]
    public async Task Join_OneLineForTheService_TheConcertChangesNothing()
    {
        using var world = new World(OneActive);

        var first = await JoinAsync(world, "kim", World.ConcertId);
        var second = await JoinAsync(world, "lee", null);

        first.Value.View.Status.ShouldBe("ACTIVE");
        ClaimsOf(world, first).Room.ShouldBe(TokenClaims.General);
        (await RequireAsync(world, ClaimsOf(world, first), "cother")).ShouldBeNull();
        second.Value.View.Status.ShouldBe("WAITING");
        second.Value.View.Position.ShouldBe(1);
        (await JoinAsync(world, "park", "cnowhere")).Value.View.Position.ShouldBe(2);
        (await JoinAsync(world, "kim", null)).Refusal!.Code.ShouldBe(RefusalCode.AlreadyQueued);
    }

    [Fact]
    public async Task Join_LinePerConcert_NeedsAConcert()
    {
        using var world = new World(PerConcert);

        (await JoinAsync(world, "kim", null)).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        (await JoinAsync(world, "kim", "cnowhere")).Refusal!.Code.ShouldBe(RefusalCode.NotYours);

        world.Room.Joined.ShouldBe(0);
        ClaimsOf(world, await JoinAsync(world, "kim", World.ConcertId)).Room.ShouldBe(World.ConcertId);
    }

    [Fact]
    public async Task Require_LinePerConcert_AdmitsToItsOwnOnly()
    {
        using var world = new World(PerConcert);
        var claims = ClaimsOf(world, await JoinAsync(world, "kim", World.ConcertId));

        (await RequireAsync(world, claims, World.ConcertId)).ShouldBeNull();

        var refusal = (await RequireAsync(world, claims, "cother"))!;
        refusal.Code.ShouldBe(RefusalCode.NotAdmitted);
        refusal.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Concert", "Service")]
    [InlineData("Service", "Concert")]
    public async Task Require_ActiveTokenOfTheOtherScope_AdmitsToNothingAndHasEnded(string before, string after)
    {
        using var world = new World(("WaitingRoom:Scope", before));
        var answer = await JoinAsync(world, "kim", World.ConcertId);
        answer.Value.View.Status.ShouldBe("ACTIVE");
        using var changed = new World(world, ("WaitingRoom:Scope", after));
        var claims = ClaimsOf(changed, answer);

        (await RequireAsync(changed, claims, World.ConcertId))!.Code.ShouldBe(RefusalCode.TokenExpired);
        (await changed.Get<IQueueUseCases>().CheckAsync(claims, "token", CancellationToken.None)).Value.View.Status.ShouldBe("ENDED");
        (await JoinAsync(changed, "kim", World.ConcertId)).Value.View.Status.ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task AdmitWaiting_LineOfTheOtherScope_AdmitsNobodyToIt()
    {
        using var world = new World(PerConcert, OneActive);
        await JoinAsync(world, "kim", World.ConcertId);
        await JoinAsync(world, "lee", World.ConcertId);
        using var changed = new World(world, OneActive);
        changed.Time.Advance(TimeSpan.FromSeconds(11));

        (await changed.Timers.AdmitWaitingAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Theory]
    [InlineData("WaitingRoom:Scope", "Hall", "Service or Concert")]
    [InlineData("WaitingRoom:Scope", "7", "Service or Concert")]
    [InlineData("Identity:Mode", "7", "Development or Platform")]
    public void Start_ChoiceThatIsNone_IsRefusedInOneLine(string setting, string value, string choices)
    {
        using var world = new World((setting, value));

        var line = SettingFaults.Find(world.Get<IServiceProvider>()).ShouldHaveSingleItem();

        line.ShouldStartWith(setting);
        line.ShouldContain(choices);
    }
}
