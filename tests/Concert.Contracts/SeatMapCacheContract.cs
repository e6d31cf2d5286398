using System.Text;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>What every <see cref="ISeatMapCache"/> promises. Each test has a schedule of its own.</summary>
public abstract class SeatMapCacheContract : PortContract
{
    private int _built;

    protected abstract ISeatMapCache Cache { get; }

    protected string Schedule { get; } = "c" + Guid.NewGuid().ToString("N")[..8] + "-0001";

    protected SectionRef Section => new(Schedule, "1");

    /// <summary>How often <see cref="Build"/> was asked.</summary>
    protected int Built => Volatile.Read(ref _built);

    /// <summary>Says which section it is of and which build it was, after <paramref name="gate"/> when there is one.</summary>
    protected Func<string, CancellationToken, Task<ReadOnlyMemory<byte>>> Build(Task? gate = null) => async (section, cancellationToken) =>
    {
        var number = Interlocked.Increment(ref _built);
        await (gate ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return Encoding.UTF8.GetBytes($"{section} 좌석 {number}");
    };

    protected async Task<string> GetAsync(string section = "1", string? schedule = null, Task? gate = null, CancellationToken? cancel = null) =>
        Encoding.UTF8.GetString((await Cache.GetAsync(schedule ?? Schedule, [section], Build(gate), cancel ?? Cancel))[0].Span);

    protected Task<CommitResult> ChangeAsync(CommitResult? result = null, Task? gate = null) => Cache.ChangeAsync(Section.ScheduleId, Section.Section, async () =>
    {
        await (gate ?? Task.CompletedTask);
        return result ?? new CommitResult.Committed([]);
    });

    [Fact]
    public async Task GetAsync_NothingHasChanged_IsBuiltOnce()
    {
        var first = await GetAsync();

        (await GetAsync()).ShouldBe(first);
        (await GetAsync()).ShouldBe(first);
        Built.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_AfterAChange_IsBuiltAnew()
    {
        await GetAsync();
        (await ChangeAsync()).ShouldBeOfType<CommitResult.Committed>();

        (await GetAsync()).ShouldBe("1 좌석 2");
        (await GetAsync()).ShouldBe("1 좌석 2");
        await ChangeAsync();
        (await GetAsync()).ShouldBe("1 좌석 3");
    }

    [Fact]
    public async Task GetAsync_NobodyKnowsWhetherItChanged_IsBuiltAnew()
    {
        await GetAsync();
        await ChangeAsync(new CommitResult.Unavailable(OutcomeUnknown: true, "timed out"));

        (await GetAsync()).ShouldBe("1 좌석 2");
    }

    [Fact]
    public async Task GetAsync_ChangeThatThrew_IsBuiltAnew()
    {
        await GetAsync();
        await ThrowsAsync<InvalidDataException>(() => Cache.ChangeAsync(Section.ScheduleId, Section.Section, () => Task.FromException<CommitResult>(new InvalidDataException("lost"))));

        (await GetAsync()).ShouldBe("1 좌석 2");
    }

    [Fact]
    public async Task ChangeAsync_Conflict_IsHandedOn() =>
        (await ChangeAsync(new CommitResult.Conflict(1, ConflictKind.Changed))).ShouldBe(new CommitResult.Conflict(1, ConflictKind.Changed));

    [Fact]
    public async Task GetAsync_AnotherSectionOrSchedule_IsItsOwn()
    {
        await GetAsync();
        (await GetAsync("2")).ShouldBe("2 좌석 2");
        (await GetAsync("1", Schedule + "b")).ShouldBe("1 좌석 3");
        await ChangeAsync();

        (await GetAsync("2")).ShouldBe("2 좌석 2");
        (await GetAsync("1", Schedule + "b")).ShouldBe("1 좌석 3");
        (await GetAsync()).ShouldBe("1 좌석 4");
    }

    [Fact]
    public async Task GetAsync_SeveralSections_AreInTheOrderAskedAndOnlyTheChangedOneIsBuilt()
    {
        string[] sections = ["2", "1", "g1"];
        await Cache.GetAsync(Schedule, sections, Build(), Cancel);
        Built.ShouldBe(3);
        await ChangeAsync();

        var contents = await Cache.GetAsync(Schedule, sections, Build(), Cancel);

        Built.ShouldBe(4);
        contents.Select(c => Encoding.UTF8.GetString(c.Span).Split(' ')[0]).ShouldBe(sections);
        (await Cache.GetAsync(Schedule, [], Build(), Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task GetAsync_ManyAtOnce_BuildsOnce()
    {
        var gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 50).Select(_ => GetAsync(gate: gate.Task)).ToArray();

        gate.SetResult();

        (await Task.WhenAll(asked)).ShouldAllBe(content => content == "1 좌석 1");
        Built.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_ChangedDuringABuild_IsNotAnsweredByThatBuild()
    {
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var old = Cache.GetAsync(
            Schedule,
            ["1"],
            async (section, cancellationToken) =>
            {
                begun.SetResult();
                return await Build(gate.Task)(section, cancellationToken);
            },
            Cancel);
        await begun.Task;
        await ChangeAsync();

        var current = GetAsync();
        gate.SetResult();

        await old;
        (await current).ShouldBe("1 좌석 2");
        (await GetAsync()).ShouldNotBe("1 좌석 1", "what was begun before the change is not kept for those who come after it");
    }

    [Fact]
    public async Task GetAsync_BuildThrows_TheCallerSeesItAndTheNextBuilds()
    {
        await ThrowsAsync<InvalidDataException>(() =>
            Cache.GetAsync(Schedule, ["1"], (_, _) => Task.FromException<ReadOnlyMemory<byte>>(new InvalidDataException("no seats")), Cancel));

        (await GetAsync()).ShouldBe("1 좌석 1");
    }

    [Fact]
    public async Task GetAsync_FirstCallerGivesUp_TheOthersAreServed()
    {
        var gate = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var first = GetAsync(gate: gate.Task, cancel: impatient.Token);
        var second = GetAsync(gate: gate.Task);

        CancelHere(impatient);
        await ThrowsAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        (await second).ShouldStartWith("1 좌석");
    }

    [Fact]
    public async Task GetAsync_Cancelled_Throws() => await ThrowsAsync<OperationCanceledException>(() => GetAsync(cancel: Cancelled()));

    [Fact]
    public async Task GetAsync_BuildUnderWayThrows_AllWhoWaitHearOfIt()
    {
        var gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 5).Select(_ => Cache.GetAsync(
            Schedule,
            ["1"],
            async (_, _) =>
            {
                await gate.Task;
                throw new InvalidDataException("no seats");
            },
            Cancel)).ToArray();

        gate.SetResult();

        foreach (var one in asked)
        {
            await ThrowsAsync<InvalidDataException>(() => one);
        }

        await GetAsync();
    }
}
