using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>A real server on the real clock that is started late, killed, frozen, full or read-only in the middle of the sale, and comes back.</summary>
public sealed class ServerFaultTests
{
    private static readonly RoomLimits Limits = new(4, 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Now = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly string[] Seats = ["c1-1-1"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An instance that tries Redis again soon after a failure.</summary>
    private static ServiceProvider Instance(RedisServer server, TimeSpan? timeout = null) => ConcertRedis.Instance(server, options =>
    {
        ConcertRedis.Patient(options);
        options.RoomTimeout = options.GateTimeout = timeout ?? options.RoomTimeout;
        options.SkipAfterFailure = TimeSpan.FromMilliseconds(500);
    });

    private static Task<bool> EnterAsync(ServiceProvider instance, string owner) =>
        instance.Gate().TryEnterAsync("c1:1", Seats, owner, TimeSpan.FromMinutes(5), Cancel);

    /// <summary>Until the room answers again.</summary>
    private static async Task RecoverAsync(ServiceProvider instance)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await instance.Room().CheckAsync(Cancel);
                return;
            }
            catch (StoreUnavailableException) when (attempt < 600)
            {
                await Task.Delay(100, Cancel);
            }
        }
    }

    /// <summary>Until a gate that somebody holds says so.</summary>
    private static async Task RefusedAsync(ServiceProvider instance, string owner)
    {
        for (var attempt = 0; await EnterAsync(instance, owner); attempt++)
        {
            attempt.ShouldBeLessThan(600);
            await Task.Delay(100, Cancel);
        }
    }

    [Fact]
    public async Task ServerStartsAfterTheApp_GateOpensMeanwhileAndThenAllIsAsUsual()
    {
        await using var server = RedisServer.NotStarted();
        await using var instance = Instance(server, timeout: TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
        (await EnterAsync(instance, "r2")).ShouldBeTrue();

        (await server.LaunchAsync()).ShouldBeTrue();

        await RecoverAsync(instance);
        var claims = new TokenClaims(Guid.NewGuid(), "kim", "c1", Now);
        (await instance.Room().JoinAsync(claims, Limits, Now, Cancel)).ShouldBeOfType<JoinResult.Joined>().State.Status.ShouldBe(MemberStatus.Active);
        await server.SendAsync("SET", (string)RedisKeys.Gate("c1:1", Seats)[0]!, "another");
        await RefusedAsync(instance, "r3");
    }

    [Fact]
    public async Task ServerIsKilledAndStartedAgain_GateOpensAndRoomIsUnavailableAndTheLineComesBack()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server, timeout: TimeSpan.FromSeconds(2));
        var closed = Limits with { MaxActive = 0 };
        TokenClaims[] line = [.. Enumerable.Range(0, 3).Select(i => new TokenClaims(Guid.NewGuid(), $"user-{i}", "c1", Now.AddSeconds(i)))];
        foreach (var claims in line)
        {
            await instance.Room().JoinAsync(claims, closed, claims.IssuedAt, Cancel);
        }

        (await EnterAsync(instance, "r1")).ShouldBeTrue();
        (await EnterAsync(instance, "r2")).ShouldBeFalse();

        await server.KillAsync();

        (await EnterAsync(instance, "r2")).ShouldBeTrue();
        await instance.Gate().ReleaseAsync("c1:1", Seats, "r1", Cancel);
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().AdmitAsync("c1", Limits, Now, Cancel));

        (await server.LaunchAsync()).ShouldBeTrue();
        await RecoverAsync(instance);

        foreach (var claims in line.Reverse())
        {
            await instance.Room().GetAsync(claims, poll: true, closed, Now.AddSeconds(10), Cancel);
        }

        for (var i = 0; i < line.Length; i++)
        {
            (await instance.Room().GetAsync(line[i], poll: true, closed, Now.AddSeconds(11), Cancel)).Position.ShouldBe(i + 1);
        }
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
        await RecoverAsync(impatient);

        server.Freeze();

        (await EnterAsync(impatient, "r2")).ShouldBeTrue();
        await Should.ThrowAsync<StoreUnavailableException>(() => impatient.Room().GetAsync(claims, poll: true, Limits, Now, Cancel));

        server.Thaw();

        (await patient.Room().GetAsync(claims, poll: true, Limits, Now, Cancel)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));

        // What the impatient one had sent was done meanwhile: r2 was refused, and nobody heard it.
        (await EnterAsync(patient, "r2")).ShouldBeFalse();
        await RefusedAsync(impatient, "r2");
    }

    [Fact]
    public async Task ConnectionIsLost_RoomTriesAgainWithinItsTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);
        await instance.Room().CheckAsync(Cancel);

        await server.SendAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await instance.Room().CheckAsync(Cancel);
    }

    [Fact]
    public async Task ServerIsReadOnly_ReadinessTellsAndBookingGoesOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);
        await instance.Room().CheckAsync(Cancel);

        await server.SendAsync("REPLICAOF", "127.0.0.1", $"{server.Port + 1}");

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        (await EnterAsync(instance, "r1")).ShouldBeTrue();

        await server.SendAsync("REPLICAOF", "NO", "ONE");
        await RecoverAsync(instance);
    }

    [Fact]
    public async Task ServerIsFull_ReadinessTellsAndBookingGoesOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);

        await server.FillAsync();

        await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        (await EnterAsync(instance, "r1")).ShouldBeTrue();

        await server.MakeRoomAsync();
        await RecoverAsync(instance);
    }

    [Fact]
    public async Task ServerForgotTheScripts_CallsGoOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = Instance(server);
        await instance.Room().CheckAsync(Cancel);
        (await EnterAsync(instance, "r1")).ShouldBeTrue();

        await server.SendAsync("SCRIPT", "FLUSH");

        await instance.Room().CheckAsync(Cancel);
        (await EnterAsync(instance, "r1")).ShouldBeTrue();
        (await EnterAsync(instance, "r2")).ShouldBeFalse();
    }
}
