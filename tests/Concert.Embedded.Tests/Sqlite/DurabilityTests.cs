using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Sqlite;

/// <summary>Nothing is answered before the commit that it rests on: not what is new, not its repeat, not a look at it.</summary>
public sealed class DurabilityTests : IDisposable
{
    private static readonly RoomLimits Limits = new(1, 1, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));

    private readonly DataDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(Folder.Start);
    private readonly Disk _disk = new();
    private readonly EmbeddedBackend _backend;

    public DurabilityTests() => _backend = Folder.Open(_folder, time: _time, disk: _disk);

    public void Dispose()
    {
        _disk.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Send_RepeatedWhileTheFirstIsNotOnDisk_WaitsForIt()
    {
        _disk.Stop();
        var first = _backend.Queue.SendAsync([Folder.Message("1")], Folder.Cancel);
        await _disk.Reached;

        var repeat = _backend.Queue.SendAsync([Folder.Message("1")], Folder.Cancel);

        await ShouldWaitAsync(first, repeat);
        _backend.Queue.TryReceive().ShouldBeNull();
        _backend.Queue.Status.Depth.ShouldBe(0);
        _disk.GoOn();
        (await first).ShouldBeOfType<SendResult.Accepted>();
        (await repeat).ShouldBeOfType<SendResult.Accepted>();
        _backend.Queue.Status.Depth.ShouldBe(1);
    }

    [Fact]
    public async Task Send_FirstFails_ItsRepeatIsNotAcceptedForIt()
    {
        _disk.Stop();
        var first = _backend.Queue.SendAsync([Folder.Message("1")], Folder.Cancel);
        await _disk.Reached;
        var repeat = _backend.Queue.SendAsync([Folder.Message("1")], Folder.Cancel);
        _disk.Fill();
        _disk.GoOn();

        (await first).ShouldBeOfType<SendResult.Unavailable>();
        (await repeat).ShouldBeOfType<SendResult.Unavailable>();
        _backend.Queue.Status.Depth.ShouldBe(0);
        _disk.Free();
        await _backend.SendAsync(Folder.Message("1"));
        _backend.Queue.Status.Depth.ShouldBe(1);
    }

    [Fact]
    public async Task Store_ChangeIsNotOnDisk_LooksDoNotShowIt()
    {
        await _backend.CommitAsync(Folder.Upsert("s:1", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\""));
        _disk.Stop();
        var commit = _backend.Store.CommitAsync(
            Folder.Section,
            [new DocumentOperation.Delete("s:1"), Folder.Upsert("s:2", "\"status\":\"HELD\",\"due\":1,\"type\":\"seat\"")],
            Folder.Cancel);
        await _disk.Reached;

        // A look at a document waits behind the writer; a conflict is an answer, too.
        Task[] waiting =
        [
            _backend.Store.ReadAsync(Folder.Section, "s:2", Folder.Cancel),
            _backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Create("s:2", Folder.Json("{}"))], Folder.Cancel),
            _backend.Store.CommitAsync(Folder.Section, [new DocumentOperation.Increment("s:1", [new("n", 1)])], Folder.Cancel),
            commit,
        ];
        await ShouldWaitAsync(waiting);

        // A query sees what is on disk.
        (await _backend.DocumentsAsync()).ShouldHaveSingleItem().ShouldContain("s:1");
        (await _backend.Store.QueryDueAsync(DocumentContainer.Bookings, ["HELD"], DateTimeOffset.UnixEpoch.AddDays(1), 10, Folder.Cancel))
            .ShouldHaveSingleItem().Document.Id.ShouldBe("s:1");
        (await _backend.Store.ScanAsync(DocumentContainer.Bookings, "s:", null, 10, Folder.Cancel)).Items.ShouldHaveSingleItem().Document.Id.ShouldBe("s:1");
        _disk.GoOn();
        await Task.WhenAll(waiting);
        (await _backend.DocumentsAsync()).ShouldHaveSingleItem().ShouldContain("s:2");
    }

    [Fact]
    public async Task Room_ChangeIsNotOnDisk_JoinsRepeatsAndPollsWaitForIt()
    {
        var (active, waiting) = (Claims("a"), Claims("b"));
        await _backend.WaitingRoom.JoinAsync(active, Limits, _time.GetUtcNow(), Folder.Cancel);
        _disk.Stop();
        var join = JoinAsync(waiting);
        await _disk.Reached;

        Task[] looks =
        [
            JoinAsync(waiting), LookAsync(waiting, poll: true), LookAsync(waiting, poll: false), LookAsync(active, poll: false), JoinAsync(Claims("b")), join,
            _backend.WaitingRoom.EndAsync(active, Folder.Cancel), _backend.WaitingRoom.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel),
        ];

        await ShouldWaitAsync(looks);
        _disk.GoOn();
        await Task.WhenAll(looks);
        (await LookAsync(waiting, poll: true)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
    }

    [Fact]
    public async Task Room_ChangeCannotBeWritten_LooksShowTheLineAsItWas()
    {
        var (active, waiting) = (Claims("a"), Claims("b"));
        await JoinAsync(active);
        await JoinAsync(waiting);
        _disk.Stop();
        var end = _backend.WaitingRoom.EndAsync(active, Folder.Cancel);
        await _disk.Reached;
        var look = LookAsync(active, poll: false);
        _disk.Fill();
        _disk.GoOn();

        await Should.ThrowAsync<StoreUnavailableException>(() => end);
        (await look).Status.ShouldBe(MemberStatus.Active);
        (await LookAsync(waiting, poll: true)).ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        await Should.ThrowAsync<StoreUnavailableException>(() => JoinAsync(Claims("c")));
        _disk.Free();
        await _backend.WaitingRoom.EndAsync(active, Folder.Cancel);
        (await LookAsync(active, poll: false)).Status.ShouldBe(MemberStatus.Ended);
        (await JoinAsync(Claims("d"))).ShouldBeOfType<JoinResult.Joined>().State.Position.ShouldBe(2);
    }

    private TokenClaims Claims(string user) => new(Guid.NewGuid(), user, "c1", _time.GetUtcNow());

    private Task<JoinResult> JoinAsync(TokenClaims claims) => _backend.WaitingRoom.JoinAsync(claims, Limits, _time.GetUtcNow(), Folder.Cancel);

    private Task<MemberState> LookAsync(TokenClaims claims, bool poll) =>
        _backend.WaitingRoom.GetAsync(claims, poll, Limits, _time.GetUtcNow(), Folder.Cancel);

    /// <summary>None is answered although everything but the disk could have gone on.</summary>
    private static async Task ShouldWaitAsync(params Task[] tasks)
    {
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(1, Folder.Cancel);
            tasks.ShouldAllBe(task => !task.IsCompleted);
        }
    }
}
