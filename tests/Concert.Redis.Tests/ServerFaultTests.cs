using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Redis.Tests.Server;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Redis.Tests;

/// <summary>A real server that is killed, frozen, full or read-only in the middle of the sale.</summary>
public sealed class ServerFaultTests
{
    private static readonly RoomLimits Limits = new(4, 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Now = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly string[] Seats = ["c1-1-1"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ServiceProvider Impatient(RedisServer server) => ConcertRedis.Instance(server.Scripts, options =>
    {
        options.RoomTimeout = options.GateTimeout = options.MapTimeout = TimeSpan.FromMilliseconds(500);
        options.SkipAfterFailure = TimeSpan.FromMilliseconds(1);
    });

    private static Task<bool> EnterAsync(ServiceProvider instance, string owner) =>
        instance.Gate().TryEnterAsync("c1:1", Seats, owner, TimeSpan.FromMinutes(5), Cancel);

    [Fact]
    public async Task ServerIsKilled_GateOpensAndRoomIsUnavailable()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Impatient(server);
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
        (await EnterAsync(instance, "r2")).ShouldBeFalse();
        await instance.Room().CheckAsync(Cancel);

        await server.KillAsync();

        (await EnterAsync(instance, "r2")).ShouldBeTrue();
        await instance.Gate().ReleaseAsync("c1:1", Seats, "r1", Cancel);
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().AdmitAsync("c1", Limits, Now, Cancel));
    }

    [Fact]
    public async Task ServerIsFrozenAndThawed_GateOpensMeanwhileAndRoomKeepsItsPlaces()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Impatient(server);
        var claims = new TokenClaims(Guid.NewGuid(), "kim", "c1", Now);
        await instance.Room().JoinAsync(claims, Limits with { MaxActive = 0 }, Now, Cancel);
        await EnterAsync(instance, "r1");

        server.Freeze();

        (await EnterAsync(instance, "r2")).ShouldBeTrue();
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().GetAsync(claims, poll: true, Limits, Now, Cancel));

        server.Thaw();

        await AnswersAgainAsync(() => instance.Room().CheckAsync(Cancel));
        (await instance.Room().GetAsync(claims, poll: true, Limits, Now, Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        await AnswersAgainAsync(async () => (await EnterAsync(instance, "r2")).ShouldBeFalse());
    }

    [Fact]
    public async Task ServerIsReadOnly_ReadinessTells()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Impatient(server);

        await server.Scripts.SendAsync("REPLICAOF", "127.0.0.1", $"{server.Port + 1}");

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
    }

    [Fact]
    public async Task ServerForgotTheScripts_CallsGoOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Impatient(server);
        await instance.Room().CheckAsync(Cancel);

        await server.Scripts.SendAsync("SCRIPT", "FLUSH");

        await instance.Room().CheckAsync(Cancel);
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
    }

    /// <summary>The answers of what was sent before come first, and the breaker lets one call try at a time.</summary>
    private static async Task AnswersAgainAsync(Func<Task> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception notYet) when (notYet is StoreUnavailableException or ShouldAssertException && attempt < 200)
            {
                await Task.Delay(25, Cancel);
            }
        }
    }
}
