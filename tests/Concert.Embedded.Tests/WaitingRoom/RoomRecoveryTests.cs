using Concert.Booking.Ports;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.WaitingRoom;

[Trait("Rule", "R-SILENT")]
public sealed class RoomRecoveryTests : IDisposable
{
    private static readonly RoomLimits Limits = new(2, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));

    private readonly FakeTimeProvider _time = new(Folder.Start);
    private readonly Disk _disk = new();
    private readonly DataDirectory _root = new();
    private DataDirectory _files;
    private EmbeddedBackend _backend;

    public RoomRecoveryTests()
    {
        _files = _root;
        _backend = Folder.Open(_files, time: _time, disk: _disk);
    }

    private Concert.Embedded.WaitingRoom.EmbeddedWaitingRoom Room => _backend.WaitingRoom;

    public void Dispose()
    {
        _backend.Dispose();
        _root.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_MembersOfEveryKind_AreAsTheyWere(bool isClean)
    {
        var line = new List<TokenClaims>();
        for (var i = 0; i < 6; i++)
        {
            line.Add(await JoinAsync($"user-{i}"));
        }

        await Room.EndAsync(line[0], Folder.Cancel);
        await Room.EndAsync(line[3], Folder.Cancel);
        var before = await StatesAsync(line);
        before.Select(state => state.Status).ShouldBe(
            [MemberStatus.Ended, MemberStatus.Active, MemberStatus.Waiting, MemberStatus.Ended, MemberStatus.Waiting, MemberStatus.Waiting]);

        Restart(isClean);

        (await StatesAsync(line)).ShouldBe(before);
        (await Room.JoinAsync(line[2], Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new JoinResult.Joined(line[2], before[2]));
        (await Room.JoinAsync(line[0], Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new JoinResult.Joined(line[0], before[0]));
        (await Room.JoinAsync(Claims("user-4"), Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBeOfType<JoinResult.AlreadyQueued>();
        (await Room.ListRoomsAsync(Folder.Cancel)).ShouldBe(["c1"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AdmittedAndLeftWithinTheInterval_StillCountsForTheInterval(bool admittedByARound)
    {
        var atJoin = admittedByARound ? Limits with { MaxActive = 0 } : Limits;
        var first = await JoinAsync("a", atJoin);
        var second = await JoinAsync("b", atJoin);
        await JoinAsync("c", atJoin);
        await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel);
        await Room.EndAsync(first, Folder.Cancel);
        await Room.EndAsync(second, Folder.Cancel);

        Restart(isClean: false);

        (await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).Admitted.ShouldBe(0);
        _time.Advance(Limits.AdmitInterval);
        (await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).Admitted.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_BeforeAndAfterTheDraw_HasTheSameLotsAndPlaces(bool isClean)
    {
        var opening = Folder.Start.AddMinutes(1);
        var resting = Limits with { Sale = new LineSale(null, opening) };
        var open = Limits with { MaxActive = 0, Sale = new LineSale(opening, null) };
        var line = new List<TokenClaims>();
        foreach (var lot in new[] { 5L, 1L << 51, 0, 3 })
        {
            var claims = Claims($"early-{lot}") with { Early = new EarlyEntry(opening, lot) };
            (await Room.JoinAsync(claims, resting, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new JoinResult.Joined(claims, new MemberState(MemberStatus.Early)));
            line.Add(claims);
        }

        Restart(isClean);
        (await StatesAsync(line)).ShouldAllBe(state => state == new MemberState(MemberStatus.Early));
        (await Room.JoinAsync(line[1], resting, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new JoinResult.Joined(line[1], new MemberState(MemberStatus.Early)));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Room.AdmitAsync("c1", open, _time.GetUtcNow(), Folder.Cancel);
        var late = Claims("late");
        await Room.JoinAsync(late, open, _time.GetUtcNow(), Folder.Cancel);

        Restart(isClean);
        var next = Claims("next") with { Early = new EarlyEntry(opening.AddHours(1), 0) };
        await Room.JoinAsync(next, open with { Sale = new LineSale(opening, opening.AddHours(1)) }, _time.GetUtcNow(), Folder.Cancel);
        Restart(isClean);

        (await StatesAsync([.. line, late])).Select(state => state.Position).ShouldBe([3, 4, 1, 2, 5]);
        (await StatesAsync([next]))[0].Status.ShouldBe(MemberStatus.Early);
        await using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_files.Path, "concert.db")};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync(Folder.Cancel);
        await using var shown = new Microsoft.Data.Sqlite.SqliteCommand("SELECT user_id, status, position FROM waiting ORDER BY position, user_id", database);
        await using var rows = await shown.ExecuteReaderAsync(Folder.Cancel);
        var seen = new List<string>();
        while (await rows.ReadAsync(Folder.Cancel))
        {
            seen.Add($"{rows.GetString(0)} {rows.GetString(1)} {rows.GetValue(2)}");
        }

        seen.ShouldBe(["next EARLY ", "early-0 WAITING 1", "early-3 WAITING 2", "early-5 WAITING 3", $"early-{1L << 51} WAITING 4", "late WAITING 5"]);
    }

    [Fact]
    public async Task Restart_AfterALongOutage_NobodyCountsAsSilent()
    {
        await JoinAsync("a");
        await JoinAsync("b");
        var waiting = await JoinAsync("c");
        var files = _files.Copy();
        _backend.Dispose();
        _time.Advance(TimeSpan.FromMinutes(5));
        _files = files;
        _backend = Folder.Open(_files, time: _time);

        (await Room.AdmitAsync("c1", Limits with { MaxActive = 0 }, _time.GetUtcNow(), Folder.Cancel)).Dropped.ShouldBe(0);
        (await StatesAsync([waiting]))[0].ShouldBe(new MemberState(MemberStatus.Waiting, 1));
        await RoundsAsync(3, TimeSpan.FromSeconds(20), dropped: 0);
        await RoundsAsync(1, TimeSpan.FromMilliseconds(1), dropped: 1);
    }

    [Fact]
    public async Task Admit_NoRoundsForLong_DoesNotCountThatAsSilence()
    {
        await JoinAsync("a", Limits with { MaxActive = 0 });
        await RoundsAsync(2, TimeSpan.FromSeconds(20), dropped: 0);

        await RoundsAsync(1, TimeSpan.FromMinutes(5), dropped: 0);

        await RoundsAsync(1, TimeSpan.FromSeconds(20), dropped: 0);
        await RoundsAsync(1, TimeSpan.FromMilliseconds(1), dropped: 1);
    }

    [Fact]
    public async Task Admit_MoreSilentThanABatchHolds_DropsAllAndTheirDocuments()
    {
        for (var i = 0; i < 250; i++)
        {
            await JoinAsync($"user-{i}", Limits with { MaxActive = 0 });
        }

        _time.Advance(TimeSpan.FromSeconds(61));

        (await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new AdmissionRound(0, 250, 0, 0, 0));
        await using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_files.File};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync(Folder.Cancel);
        await using var members = new Microsoft.Data.Sqlite.SqliteCommand("SELECT count(*) FROM waiting_members", database);
        (await members.ExecuteScalarAsync(Folder.Cancel)).ShouldBe(0L);
    }

    [Fact]
    public async Task Admit_MoreThanABatchHolds_AdmitsAllInOrder()
    {
        var line = new List<TokenClaims>();
        for (var i = 0; i < 250; i++)
        {
            line.Add(await JoinAsync($"user-{i}", Limits with { MaxActive = 0 }));
        }

        var many = Limits with { MaxActive = 240, AdmitPerInterval = 1000 };
        (await Room.AdmitAsync("c1", many, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new AdmissionRound(240, 0, 0, 240, 10));
        Restart(isClean: false);

        (await StatesAsync(line)).Select(state => state.Status == MemberStatus.Active).ShouldBe(Enumerable.Range(0, 250).Select(i => i < 240));
    }

    [Fact]
    public async Task Calls_DiskFull_ThrowUnavailableAndTakeNoPlace()
    {
        await JoinAsync("a");
        _disk.Fill();
        await Should.ThrowAsync<StoreUnavailableException>(() => JoinAsync("refused"));
        await Should.ThrowAsync<StoreUnavailableException>(() => Room.CheckAsync(Folder.Cancel));

        using var again = Folder.Open(_files.Copy(), time: _time);
        (await again.WaitingRoom.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new AdmissionRound(0, 0, 0, 1, 0));

        _disk.Free();
        (await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new AdmissionRound(0, 0, 0, 1, 0));
        await JoinAsync("b");
        (await Room.AdmitAsync("c1", Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBe(new AdmissionRound(0, 0, 0, 2, 0));
    }

    private async Task RoundsAsync(int count, TimeSpan apart, int dropped)
    {
        for (var i = 0; i < count; i++)
        {
            _time.Advance(apart);
            (await Room.AdmitAsync("c1", Limits with { MaxActive = 0 }, _time.GetUtcNow(), Folder.Cancel)).Dropped.ShouldBe(dropped);
        }
    }

    private void Restart(bool isClean)
    {
        var files = isClean ? _files : _files.Copy();
        _backend.Dispose();
        _files = files;
        _backend = Folder.Open(_files, time: _time);
    }

    private TokenClaims Claims(string user) => new(Guid.NewGuid(), user, "c1", _time.GetUtcNow());

    private async Task<TokenClaims> JoinAsync(string user, RoomLimits? limits = null)
    {
        var claims = Claims(user);
        (await Room.JoinAsync(claims, limits ?? Limits, _time.GetUtcNow(), Folder.Cancel)).ShouldBeOfType<JoinResult.Joined>();
        return claims;
    }

    private async Task<MemberState[]> StatesAsync(IEnumerable<TokenClaims> line)
    {
        var states = new List<MemberState>();
        foreach (var claims in line)
        {
            states.Add(await Room.GetAsync(claims, poll: false, Limits, _time.GetUtcNow(), Folder.Cancel));
        }

        return [.. states];
    }
}
