using System.Text.RegularExpressions;
using Concert.Azure.Redis.Scripting;
using Concert.Azure.Tests.Redis.Server;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using StackExchange.Redis;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>What the scripts leave in Redis, and that they run on a cluster.</summary>
public sealed partial class KeysTests
{
    private static readonly RoomLimits Limits = new(2, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(60));
    private static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);
    private static readonly string[] Seats = ["c1-1-1-1", "c1-1-1-2", "c1-1-1-8"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryScript_AllKeysOfACall_ShareOneHashTagAndOneSlot()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        var names = new Dictionary<string, string>();
        foreach (var script in LuaScripts.All)
        {
            names[(string)(await server.SendAsync("SCRIPT", "LOAD", script.Text))!] = script.Name;
        }

        // A client sends a script's text the first time, and its hash from then on: the second time is looked at.
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await UseEverythingAsync(instance, () => Task.CompletedTask);
        await server.SendAsync("FLUSHALL");
        await server.RecordAsync();
        await UseEverythingAsync(instance, () => Task.CompletedTask);

        var calls = await server.RecordedAsync();
        calls.Select(call => names[call.Sha1]).Distinct().ShouldBe(LuaScripts.All.Select(script => script.Name), ignoreOrder: true);
        foreach (var (sha1, keys) in calls)
        {
            var call = $"{names[sha1]}: {string.Join(' ', keys)}";
            keys.ShouldNotBeEmpty();
            keys.Select(HashTag).Distinct().Count().ShouldBe(1, call);
            var slots = await Task.WhenAll(keys.Select(async key => (long)await server.SendAsync("CLUSTER", "KEYSLOT", key)));
            slots.Distinct().Count().ShouldBe(1, call);
        }
    }

    [Fact]
    public async Task EveryScript_RoomsPartitionsAndSchedules_SpreadOverSlots()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        RedisKey[] keys =
        [
            .. Enumerable.Range(0, 20).Select(i => RedisKeys.Room($"c{i}")[0]),
            .. Enumerable.Range(0, 20).Select(i => RedisKeys.Gate($"c{i}-1:1", Seats)[0]),
            .. Enumerable.Range(0, 20).Select(i => (RedisKey)RedisKeys.MapEntry(new SectionRef($"c{i}-1", "1"))),
        ];

        var slots = await Task.WhenAll(keys.Select(async key => (long)await server.SendAsync("CLUSTER", "KEYSLOT", key)));

        slots.Distinct().Count().ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task EveryScript_AfterEachCall_EveryKeyHasAnExpiry()
    {
        await using var server = await RedisServer.StartAsync();
        var seen = new HashSet<string>();
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        await UseEverythingAsync(instance, async () =>
        {
            foreach (var key in (string[])(await server.SendAsync("KEYS", "*"))!)
            {
                seen.Add(Variable().Replace(key, "*"));
                ((long)await server.SendAsync("PTTL", key)).ShouldBeInRange(1, (long)TimeSpan.FromHours(25).TotalMilliseconds, key);
            }
        });

        // The table of KEYS.md is whole.
        var documented = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "KEYS.md"), Cancel))
            .Where(line => line.StartsWith("| `{", StringComparison.Ordinal))
            .Select(line => Placeholder().Replace(line.Split('`')[1], "*"));
        seen.ShouldBe(documented, ignoreOrder: true);
    }

    [Fact]
    public async Task AdmitAsync_EverybodyEnded_OnlyThatIsLeftOfThemForADay()
    {
        await using var server = await RedisServer.StartAsync();
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        var room = instance.Room();
        foreach (var number in Enumerable.Range(0, 5))
        {
            await room.JoinAsync(new TokenClaims(Guid.NewGuid(), $"u{number}", "c1", Start), Limits, Start, Cancel);
        }

        (await room.AdmitAsync("c1", Limits, Start.AddSeconds(61), Cancel)).Dropped.ShouldBe(3);
        (await room.AdmitAsync("c1", Limits, Start + Limits.ActiveFor, Cancel)).Expired.ShouldBe(2);

        ((string[])(await server.SendAsync("KEYS", "*"))!).ShouldBe(["{room:c1}:state", "{room:c1}:ended-at"], ignoreOrder: true);
        ((long)await server.SendAsync("ZCARD", "{room:c1}:ended-at")).ShouldBe(5);
        (await room.ListRoomsAsync(Cancel)).ShouldBeEmpty();

        await room.AdmitAsync("c1", Limits, Start.AddHours(25), Cancel);

        ((string[])(await server.SendAsync("KEYS", "*"))!).ShouldBe(["{room:c1}:state"]);
        (await room.ListRoomsAsync(Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Room_NamesWithOddCharacters_AreRoomsOfTheirOwn()
    {
        await using var server = await RedisServer.StartAsync(cluster: true);
        await using var instance = ConcertRedis.Instance(server, ConcertRedis.Patient);
        foreach (var user in new[] { "김 \n:민수{}", "", "12:34", "a}b{c" })
        {
            foreach (var room in new[] { "general", "}", "{x}", "콘서트" })
            {
                var claims = new TokenClaims(Guid.NewGuid(), user, room, Start);
                (await instance.Room().JoinAsync(claims, Limits, Start, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(claims);
                (await instance.Room().JoinAsync(claims, Limits, Start, Cancel)).ShouldBeOfType<JoinResult.Joined>().Claims.ShouldBe(claims);
            }
        }
    }

    /// <summary>Every script, and each way through it that writes; <paramref name="look"/> is called after each call.</summary>
    private static async Task UseEverythingAsync(ServiceProvider instance, Func<Task> look)
    {
        var room = instance.Room();
        await room.CheckAsync(Cancel);
        await look();
        var claims = Enumerable.Range(0, 6).Select(i => new TokenClaims(Guid.NewGuid(), $"u{i}", "c1", Start)).ToArray();
        foreach (var one in claims)
        {
            await room.JoinAsync(one, Limits, Start, Cancel);
            await look();
            await room.JoinAsync(one, Limits, Start, Cancel);
            await look();
        }

        var lost = new TokenClaims(Guid.NewGuid(), "lost", "c1", Start.AddMinutes(-5));
        await room.GetAsync(lost, poll: true, Limits, Start, Cancel);
        await look();
        await room.GetAsync(lost with { Room = "c2" }, poll: true, Limits, Start, Cancel);
        await look();
        await room.EndAsync(lost, Cancel);
        await look();
        await room.EndAsync(lost with { Room = "c3" }, Cancel);
        await look();
        await room.AdmitAsync("c1", Limits, Start.AddSeconds(11), Cancel);
        await look();
        await room.AdmitAsync("c2", Limits, Start.AddSeconds(12), Cancel);
        await look();
        await room.AdmitAsync("c3", Limits, Start.AddSeconds(12), Cancel);
        await look();
        await room.AdmitAsync("c4", Limits, Start.AddMinutes(12), Cancel);
        await look();
        await room.AdmitAsync("c1", Limits, Start.AddMinutes(12), Cancel);
        await look();
        await UseDrawsAsync(room, look);
        await room.ListRoomsAsync(Cancel);
        await look();

        await instance.Gate().TryEnterAsync("c1-1:1", Seats, "r1", TimeSpan.FromMinutes(5), Cancel);
        await look();
        await instance.Gate().ReleaseAsync("c1-1:1", Seats[..1], "r1", Cancel);
        await look();
        await instance.Maps().GetAsync("c1-1", ["1"], LookAndBuildAsync, Cancel);
        await look();
        await instance.Maps().ChangeAsync("c1-1", "1", () => Task.FromResult<CommitResult>(new CommitResult.Committed([])));
        await look();
        await Should.ThrowAsync<InvalidDataException>(() => instance.Maps().GetAsync("c1-1", ["1"], (_, _) => throw new InvalidDataException(), Cancel));
        await look();

        async Task<ReadOnlyMemory<byte>> LookAndBuildAsync(string section, CancellationToken cancellationToken)
        {
            await look();
            return new byte[10];
        }
    }

    private static async Task UseDrawsAsync(IWaitingRoom room, Func<Task> look)
    {
        var opening = Start.AddMinutes(1);
        var resting = Limits with { Sale = new LineSale(null, opening) };
        var early = Enumerable.Range(0, 6).Select(i => new TokenClaims(Guid.NewGuid(), $"e{i}", "c5", Start) { Early = new EarlyEntry(opening, i) }).ToArray();
        foreach (var one in early[..5])
        {
            await room.JoinAsync(one, resting, Start, Cancel);
            await look();
        }

        await room.GetAsync(early[5], poll: true, resting, Start, Cancel);
        await look();
        await room.AdmitAsync("c5", resting, Start, Cancel);
        await look();
        await room.AdmitAsync("c5", Limits with { Sale = new LineSale(opening, null) }, opening, Cancel);
        await look();
        await room.GetAsync(early[5] with { Id = Guid.NewGuid(), UserId = "e6" }, poll: true, Limits with { Sale = new LineSale(opening, null) }, opening, Cancel);
        await look();
        await room.AdmitAsync("c5", Limits with { Sale = new LineSale(opening, opening.AddMinutes(1)) }, opening, Cancel);
        await look();
    }

    /// <summary>The part of a key that decides its slot (Redis cluster specification).</summary>
    private static string HashTag(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open + 1);
        return close > open + 1 ? key[(open + 1)..close] : key;
    }

    [GeneratedRegex("(?<=room:)c[0-9]|(?<=map:)c1-1|c1-1:1|c1-1-1-[0-9]|(?<=entry:)[0-9]|(?<=build:)[0-9]|(?<=build:[0-9]:)[0-9a-f]{32}:[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
