using Concert.Booking.Identity;
using Concert.Booking.Catalog;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.Tests.Redis.Server;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>A Redis that is away, on a clock of the test's: who fails closed, who goes on, and how seldom it is asked.</summary>
public sealed class RedisAwayTests
{
    private static readonly RoomLimits Limits = new(4, 3, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly string[] Seats = ["c1-1-1"];
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private readonly WatchedTime _time = new(Start);
    private int _passed;

    private DateTimeOffset Now => _time.GetUtcNow();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TokenClaims Claims => new(Guid.NewGuid(), "kim", "c1", Start);

    public static TheoryData<string> Faults => ["throws", "throws at once", "never answers", "cancels by itself"];

    private static ScriptedScripts Broken(string fault) => new((_, _) => Fail(fault));

    private static Task<RedisReply> Fail(string fault) => fault switch
    {
        "throws" => Task.FromException<RedisReply>(new IOException("no route")),
        "throws at once" => throw new IOException("no route"),
        "never answers" => new TaskCompletionSource<RedisReply>().Task,
        _ => Task.FromCanceled<RedisReply>(new CancellationToken(canceled: true)),
    };

    /// <summary>Lets the time limit of a call pass when it waits for one.</summary>
    private async Task<T> FinishAsync<T>(Task<T> call)
    {
        for (; !call.IsCompleted; await Task.Yield())
        {
            // Once for each timer: what a time limit sets going must not meet another time.
            if (_time.Waits.Count > _passed)
            {
                _passed = _time.Waits.Count;
                _time.Advance(TimeSpan.FromSeconds(2));
            }
        }

        return await call;
    }

    private async Task<bool> FinishAsync(Task call)
    {
        return await FinishAsync(Wrap());

        async Task<bool> Wrap()
        {
            await call;
            return true;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Gate_RedisIsAway_LetsEverybodyIn(string fault)
    {
        var scripts = Broken(fault);
        await using var instance = ConcertRedis.Instance(scripts, time: _time);

        (await FinishAsync(instance.Gate().TryEnterAsync("c1:1", Seats, "r1", TimeSpan.FromMinutes(1), Cancel))).ShouldBeTrue();
        (await FinishAsync(instance.Gate().TryEnterAsync("c1:1", Seats, "r2", TimeSpan.FromMinutes(1), Cancel))).ShouldBeTrue();
        await FinishAsync(instance.Gate().ReleaseAsync("c1:1", Seats, "r1", Cancel));
    }

    [Fact]
    public async Task Gate_AfterAFailure_LeavesRedisAloneAndThenTriesWithOneCall()
    {
        var scripts = Broken("throws");
        await using var instance = ConcertRedis.Instance(scripts, time: _time);
        Task<bool> EnterAsync() => instance.Gate().TryEnterAsync("c1:1", Seats, "r1", TimeSpan.FromMinutes(1), Cancel);

        await EnterAsync();
        for (var i = 0; i < 100; i++)
        {
            (await EnterAsync()).ShouldBeTrue();
            await instance.Gate().ReleaseAsync("c1:1", Seats, "r1", Cancel);
        }

        scripts.Calls.Count.ShouldBe(1);

        // The one that tries is still waiting: the others do not wait with it.
        _time.Advance(TimeSpan.FromSeconds(2));
        var answer = new TaskCompletionSource<RedisReply>();
        scripts.Answer = (_, _) => answer.Task;
        var trying = EnterAsync();
        (await EnterAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancel)).ShouldBeTrue();
        scripts.Calls.Count.ShouldBe(2);

        // Redis is back: everybody asks it again.
        answer.SetResult(new RedisReply.Integer(0));
        (await trying).ShouldBeFalse();
        (await EnterAsync()).ShouldBeFalse();
        scripts.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Gate_CallerGivesUp_IsCancelledAndNotHeldAgainstRedis()
    {
        var scripts = Broken("never answers");
        await using var instance = ConcertRedis.Instance(scripts, time: _time);
        using var impatient = new CancellationTokenSource();
        var entering = instance.Gate().TryEnterAsync("c1:1", Seats, "r1", TimeSpan.FromMinutes(1), impatient.Token);

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(entering);
        scripts.Answer = (_, _) => Task.FromResult<RedisReply>(new RedisReply.Integer(0));
        (await instance.Gate().TryEnterAsync("c1:1", Seats, "r1", TimeSpan.FromMinutes(1), Cancel)).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Maps_RedisIsAway_AreBuiltDirectlyAndKeptInTheProcessForAsLongAsAllowed(string fault)
    {
        var longest = TimeSpan.FromMinutes(5);
        await using var instance = ConcertRedis.Instance(Broken(fault), options => options.MapMaxAge = longest, _time);
        var built = 0;
        async Task<int> GetAsync() => (await FinishAsync(instance.Maps().GetAsync(
            "c1-1", ["1"], (_, _) => Task.FromResult<ReadOnlyMemory<byte>>(new byte[] { (byte)Interlocked.Increment(ref built) }), Cancel)))[0].Span[0];

        (await GetAsync()).ShouldBe(1);
        (await GetAsync()).ShouldBe(1);
        await FinishAsync(instance.Maps().ChangeAsync(new SectionRef("c1-1", "1"), () => Task.FromResult<CommitResult>(new CommitResult.Committed([]))));
        _time.Advance(longest);
        (await GetAsync()).ShouldBe(2, "no snapshot is older than the longest age");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Room_RedisIsAway_EveryCallIsUnavailable(string fault)
    {
        await using var instance = ConcertRedis.Instance(Broken(fault), time: _time);
        var room = instance.Room();
        Func<Task>[] calls =
        [
            () => room.JoinAsync(Claims, Limits, Now, Cancel),
            () => room.GetAsync(Claims, poll: true, Limits, Now, Cancel),
            () => room.GetAsync(Claims, poll: false, Limits, Now, Cancel),
            () => room.EndAsync(Claims, Cancel),
            () => room.AdmitAsync("c1", Limits, Now, Cancel),
            () => room.ListRoomsAsync(Cancel),
            () => room.CheckAsync(Cancel),
        ];

        foreach (var call in calls)
        {
            (await Should.ThrowAsync<StoreUnavailableException>(() => FinishAsync(call()))).RetryAfter.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Room_SeveralFailuresInARow_FailsFastUntilRedisAnswersAgain()
    {
        var scripts = Broken("throws");
        await using var instance = ConcertRedis.Instance(scripts, time: _time);
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<StoreUnavailableException>(() => instance.Room().CheckAsync(Cancel));
        }

        scripts.Calls.Count.ShouldBe(3);
        scripts.Answer = (_, _) => Task.FromResult<RedisReply>(new RedisReply.Integer(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        await instance.Room().CheckAsync(Cancel);
        await instance.Room().CheckAsync(Cancel);
        scripts.Calls.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Room_GateIsFailing_IsStillAsked()
    {
        var scripts = new ScriptedScripts((call, _) => call.Script == LuaScripts.GateEnter ? Fail("throws") : Task.FromResult<RedisReply>(new RedisReply.Integer(1)));
        await using var instance = ConcertRedis.Instance(scripts, time: _time);

        await instance.Gate().TryEnterAsync("c1:1", Seats, "r1", TimeSpan.FromMinutes(1), Cancel);

        await instance.Room().CheckAsync(Cancel);
    }
}
