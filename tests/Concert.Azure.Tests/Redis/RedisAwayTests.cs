using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using StackExchange.Redis;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>
/// A real server that does not do its work, and an app on a clock of the test's: who fails closed, who goes on, and how seldom Redis is asked.
/// </summary>
[Trait("Rule", "R-GATE")]
public sealed class RedisAwayTests : IAsyncLifetime
{
    private static readonly RoomLimits Limits = new(4, 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly string[] Seats = ["c1-1-1"];
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);

    /// <summary>Of the app's clock, for one call.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(5);

    private readonly WatchedTime _time = new(Start);
    private RedisServer _server = null!;
    private ServiceProvider _instance = null!;
    private int _passed;

    private DateTimeOffset Now => _time.GetUtcNow();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TokenClaims Claims => new(Guid.NewGuid(), "kim", "c1", Start);

    /// <summary>What is wrong with the server. Where it answers with an error, calls that only read work on.</summary>
    public static TheoryData<string> Faults => ["never started", "killed", "frozen", "read only", "full"];

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _instance = ConcertRedis.Instance(
            _server,
            options =>
            {
                options.RoomTimeout = options.GateTimeout = options.MapTimeout = LongestWait;
                options.MapBuildTimeout = TimeSpan.FromMinutes(5);
                options.MapMaxAge = LongestAge;
            },
            _time);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            await _instance.DisposeAsync();
        }
    }

    private async Task BreakAsync(string fault)
    {
        if (fault == "never started")
        {
            await _server.KillAsync();
            return;
        }

        // Connected, and every script known, before it happens.
        await FinishAsync(_instance.Room().CheckAsync(Cancel));
        await _server.BreakAsync(fault);
    }

    /// <summary>
    /// Lets the pauses before retries pass. The time limit of a call passes only where <paramref name="hangs"/> says that nothing will answer, so
    /// that what the server answers is what is seen.
    /// </summary>
    private async Task<T> FinishAsync<T>(Task<T> call, bool hangs = false)
    {
        for (; !call.IsCompleted; await Task.Delay(1, Cancel))
        {
            for (; _time.Waits.Count > _passed; _passed++)
            {
                var pause = _time.Waits[_passed];
                _time.Advance(pause > TimeSpan.Zero && pause < LongestWait ? pause : TimeSpan.Zero);
            }

            _time.Advance(hangs ? TimeSpan.FromSeconds(1) : TimeSpan.Zero);
        }

        return await call;
    }

    private async Task<bool> FinishAsync(Task call, bool hangs = false)
    {
        return await FinishAsync(Wrap(), hangs);

        async Task<bool> Wrap()
        {
            await call;
            return true;
        }
    }

    private Task<bool> EnterAsync(string owner = "r1", CancellationToken? cancel = null) =>
        _instance.Gate().TryEnterAsync("c1:1", Seats, owner, TimeSpan.FromMinutes(1), cancel ?? Cancel);

    private Task<RedisResult> OccupyAsync() => _server.SendAsync("SET", (string)RedisKeys.Gate("c1:1", Seats)[0]!, "another");

    private static bool Hangs(string fault) => fault is "frozen" or "never started";

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Gate_RedisIsAway_LetsEverybodyIn(string fault)
    {
        await BreakAsync(fault);

        foreach (var owner in new[] { "r1", "r2", "r3", "r4" })
        {
            (await FinishAsync(EnterAsync(owner), Hangs(fault))).ShouldBeTrue();
        }

        await FinishAsync(_instance.Gate().ReleaseAsync("c1:1", Seats, "r1", Cancel), Hangs(fault));
    }

    [Fact]
    public async Task Gate_AfterAFailure_LeavesRedisAloneAndThenTriesWithOneCall()
    {
        (await EnterAsync()).ShouldBeTrue();
        await OccupyAsync();
        await _server.FillAsync();
        await _server.SendAsync("DEL", (string)RedisKeys.Gate("c1:1", Seats)[0]!);
        await _server.ForgetCallsAsync();

        for (var i = 0; i < 100; i++)
        {
            (await EnterAsync()).ShouldBeTrue();
        }

        // One call in two fails.
        (await _server.CallsAsync()).ShouldBe(1);

        // The one that tries is still waiting: the others do not wait with it.
        await _server.MakeRoomAsync();
        await OccupyAsync();
        _server.Freeze();
        _time.Advance(TimeSpan.FromSeconds(2));
        var trying = EnterAsync();
        (await EnterAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeTrue();
        trying.IsCompleted.ShouldBeFalse();

        // Redis is back: everybody asks it again.
        _server.Thaw();
        (await trying).ShouldBeFalse();
        (await EnterAsync()).ShouldBeFalse();
        (await _server.CallsAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task Gate_CallerGivesUp_IsCancelledAndNotHeldAgainstRedis()
    {
        (await EnterAsync()).ShouldBeTrue();
        await OccupyAsync();
        _server.Freeze();
        for (var i = 0; i < 3; i++)
        {
            using var impatient = new CancellationTokenSource();
            var entering = EnterAsync(cancel: impatient.Token);
            await impatient.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(entering);
        }

        _server.Thaw();

        (await EnterAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Gate_CallThatTriesAgainIsGivenUp_ProvesNothing()
    {
        (await EnterAsync()).ShouldBeTrue();
        _server.Freeze();
        await FinishAsync(EnterAsync(), hangs: true);
        await FinishAsync(EnterAsync(), hangs: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        using var impatient = new CancellationTokenSource();
        var trying = EnterAsync(cancel: impatient.Token);

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(trying);
        var next = EnterAsync();
        next.IsCompleted.ShouldBeTrue("Redis was asked again although nobody knows yet whether it is back");
        (await next).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Maps_RedisIsAway_AreBuiltDirectlyAndKeptInTheProcessForAsLongAsAllowed(string fault)
    {
        await BreakAsync(fault);
        var built = 0;
        async Task<int> GetAsync() => (await FinishAsync(_instance.Maps().GetAsync(
            "c1-1", ["1"], (_, _) => Task.FromResult<ReadOnlyMemory<byte>>(new byte[] { (byte)Interlocked.Increment(ref built) }), Cancel), Hangs(fault)))[0].Span[0];

        (await GetAsync()).ShouldBe(1);
        (await GetAsync()).ShouldBe(1);
        await FinishAsync(_instance.Maps().ChangeAsync("c1-1", "1", () => Task.FromResult<CommitResult>(new CommitResult.Committed([]))), Hangs(fault));
        _time.Advance(LongestAge);
        (await GetAsync()).ShouldBe(2, "no snapshot is older than the longest age");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Room_RedisIsAway_EveryCallIsUnavailable(string fault)
    {
        await BreakAsync(fault);
        var room = _instance.Room();
        Func<Task>[] writes =
        [
            () => room.JoinAsync(Claims, Limits, Now, Cancel),
            () => room.GetAsync(Claims, poll: true, Limits, Now, Cancel),
            () => room.EndAsync(Claims, Cancel),
            () => room.AdmitAsync("c1", Limits, Now, Cancel),
            () => room.CheckAsync(Cancel),
        ];
        Func<Task>[] reads = [() => room.GetAsync(Claims, poll: false, Limits, Now, Cancel), () => room.ListRoomsAsync(Cancel)];
        var calls = fault is "read only" or "full" ? writes : [.. writes, .. reads];

        foreach (var call in calls)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(() => FinishAsync(call(), Hangs(fault)))).RetryAfter.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Room_SeveralFailures_FailsFastUntilRedisAnswersAgain()
    {
        await _instance.Room().CheckAsync(Cancel);
        await _server.FillAsync();
        await _server.ForgetCallsAsync();
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<StoreUnavailableException>(() => _instance.Room().CheckAsync(Cancel));
        }

        // One went well before: three failures of four.
        (await _server.CallsAsync()).ShouldBe(2);
        await _server.MakeRoomAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await _instance.Room().CheckAsync(Cancel);
        await _instance.Room().CheckAsync(Cancel);
        (await _server.CallsAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task Room_GateIsFailing_IsStillAsked()
    {
        await _server.SendAsync("HSET", (string)RedisKeys.Gate("c1:1", Seats)[0]!, "a hash", "where a string belongs");
        for (var i = 0; i < 3; i++)
        {
            (await EnterAsync()).ShouldBeTrue();
        }

        await _instance.Room().CheckAsync(Cancel);
    }
}
