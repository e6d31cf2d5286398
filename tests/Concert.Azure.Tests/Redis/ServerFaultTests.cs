using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Azure.Tests.Redis.Server;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>A real server that is killed, frozen, full or read-only in the middle of the sale.</summary>
public sealed class ServerFaultTests
{
    private static readonly RoomLimits Limits = new(4, 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Now = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly string[] Seats = ["c1-1-1"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An instance that tries Redis again at once after a failure.</summary>
    private static ServiceProvider Instance(RedisServer server, TimeSpan? timeout = null) => ConcertRedis.Instance(server.Scripts, options =>
    {
        ConcertRedis.Patient(options);
        options.RoomTimeout = options.GateTimeout = timeout ?? options.RoomTimeout;
        options.SkipAfterFailure = TimeSpan.FromMilliseconds(1);
    });

    private static Task<bool> EnterAsync(ServiceProvider instance, string owner) =>
        instance.Gate().TryEnterAsync("c1:1", Seats, owner, TimeSpan.FromMinutes(5), Cancel);

    [Fact]
    public async Task ServerIsKilled_GateOpensAndRoomIsUnavailable()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);
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
        await using var patient = Instance(server);
        await using var impatient = Instance(server, timeout: TimeSpan.FromMilliseconds(200));
        var claims = new TokenClaims(Guid.NewGuid(), "kim", "c1", Now);
        await patient.Room().JoinAsync(claims, Limits with { MaxActive = 0 }, Now, Cancel);
        await EnterAsync(patient, "r1");

        server.Freeze();

        (await EnterAsync(impatient, "r2")).ShouldBeTrue();
        await Should.ThrowAsync<StoreUnavailableException>(() => impatient.Room().GetAsync(claims, poll: true, Limits, Now, Cancel));

        server.Thaw();

        (await patient.Room().GetAsync(claims, poll: true, Limits, Now, Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        (await EnterAsync(patient, "r2")).ShouldBeFalse();
    }

    [Fact]
    public async Task ServerIsReadOnly_ReadinessTells()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);

        await server.Scripts.SendAsync("REPLICAOF", "127.0.0.1", $"{server.Port + 1}");

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
    }

    [Fact]
    public async Task ServerForgotTheScripts_CallsGoOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);
        await instance.Room().CheckAsync(Cancel);

        await server.Scripts.SendAsync("SCRIPT", "FLUSH");

        await instance.Room().CheckAsync(Cancel);
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
    }
}
