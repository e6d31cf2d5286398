using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>Queue tokens that are almost right.</summary>
[Trait("Rule", "R-ADMITTED"), Trait("Rule", "R-MINE"), Trait("Rule", "R-TOKEN")]
public sealed class TokenForgingTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public async Task Use_TokenWithAnyBitFlippedOrAnyLengthCut_IsBadToken()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var token = world.Victim.Token;
        var victims = await world.VictimsAsync();

        // Every position with every bit that base64url has there, every prefix, every suffix.
        string[] forged =
        [
            .. Enumerable.Range(0, token.Length).Where(i => token[i] != '.').SelectMany(i => Enumerable.Range(0, 6), (i, bit) =>
                $"{token[..i]}{Alphabet[Alphabet.IndexOf(token[i], StringComparison.Ordinal) ^ (1 << bit)]}{token[(i + 1)..]}"),
            .. Enumerable.Range(1, token.Length - 1).SelectMany(length => new[] { token[..length], token[length..] }),
        ];
        await ShouldAllBeBadAsync(host, forged);

        (await world.VictimsAsync()).ShouldBe(victims);
    }

    [Fact]
    public async Task Use_TokenPutTogetherFromOthers_IsBadToken()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var mine = world.AttackersOfPlayground[0].Token.Split('.');
        var victims = world.Victim.Token.Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(victims[0]));
        var empty = Encode("{}");
        var none = Encode("""{"alg":"none"}""");
        var keyIsTheSalt = HMACSHA256.HashData(Array.Empty<byte>(), Encoding.ASCII.GetBytes(victims[0]));

        await ShouldAllBeBadAsync(host,
        [
            $"{victims[0]}.{mine[1]}",
            $"{mine[0]}.{victims[1]}",
            $"{Encode(payload.Replace("victim", "attacker-0", StringComparison.Ordinal))}.{victims[1]}",
            $"{Encode(payload.Replace(world.Victims.Concert, world.Playground.Concert, StringComparison.Ordinal))}.{victims[1]}",
            $"{Encode(payload.Replace(world.Victims.Concert, "*", StringComparison.Ordinal))}.{victims[1]}",
            $"{Encode(payload.Replace("{", "{ ", StringComparison.Ordinal))}.{victims[1]}",
            $"{Encode(payload + " ")}.{victims[1]}",
            $"{victims[0]}.",
            $".{victims[1]}",
            ".",
            "..",
            victims[0],
            $"{none}.{victims[0]}.",
            $"{none}.{victims[0]}.{victims[1]}",
            $"{empty}.{victims[1]}",
            $"{victims[0]}.{Base64Url.EncodeToString(keyIsTheSalt)}",
            $"{victims[0]}.{Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(victims[0])))}",
            $"{victims[0]}.{Base64Url.EncodeToString(new byte[32])}",
            $"{victims[0]}.{victims[1]}=",
            $"{victims[0]}={victims[1]}",
            $"{victims[0]}.{victims[1]}.{victims[1]}",
            $"{victims[0].Replace('_', '/').Replace('-', '+')}==.{victims[1]}",
            $"{victims[0]}.{victims[1]},{mine[0]}.{mine[1]}",
            $"\"{victims[0]}.{victims[1]}\"",
            $"Bearer {victims[0]}.{victims[1]}",
            $"{victims[0]}\t.{victims[1]}",
            $"{victims[0]}.{victims[1]}가",
        ]);
    }

    [Fact]
    public async Task Use_TwoTokens_AreRefusedWhicheverIsGood()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var (mine, other) = (world.AttackersOfPlayground[0].Token, world.Victim.Token);

        foreach (var (first, second) in new[] { (mine, other), (other, mine), (mine, mine) })
        {
            (await host.SendAsync("GET", "/api/reservation", null, ("queue-token", first), ("queue-token", second))).ShouldFail(400, "invalid-request");
        }
    }

    [Fact]
    public async Task Use_TokenOfAnotherRoom_IsNotAdmittedAndChangesNothing()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = world.AttackersOfPlayground[1];
        var victims = await world.VictimsAsync();

        (await attacker.SendAsync("GET", $"/api/concert/available-seats?concertScheduleId={world.Victims.Schedule}")).ShouldFail(403, "not-admitted");
        (await attacker.SendAsync("GET", $"/api/concert/available-dates?concertId={world.Victims.Concert}")).ShouldFail(403, "not-admitted");
        (await attacker.SendAsync("POST", "/api/reservation", new { seatId = world.Victims.Seat(50) })).ShouldFail(403, "not-admitted");
        (await attacker.SendAsync("POST", "/api/reservation", new { seatIds = new[] { world.Victims.Seat(50) } })).ShouldFail(403, "not-admitted");
        (await attacker.SendAsync("POST", "/api/reservation", new { inventoryId = world.Victims.Inventory, quantity = 1 })).ShouldFail(403, "not-admitted");
        (await attacker.SendAsync("POST", "/api/payment", new { seatId = world.Victims.Seat(3) })).ShouldFail(403, "not-admitted");

        // The room is told by the first place: the others cannot be slipped in behind it.
        (await attacker.SendAsync("POST", "/api/reservation", new { seatIds = new[] { world.Playground.Seat(60), world.Victims.Seat(50) } })).Status.ShouldBe(400);
        (await world.VictimsAsync()).ShouldBe(victims);
    }

    [Fact]
    public async Task Use_TokenAfterItsEnd_BooksNothingAndStillKnowsItsUser()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = world.AttackersOfPlayground[2];
        (await attacker.SendAsync("DELETE", "/api/queue")).ShouldBe(204);

        foreach (var body in new object[] { new { seatId = world.Playground.Seat(80) }, new { inventoryId = world.Playground.Inventory, quantity = 1 } })
        {
            (await attacker.SendAsync("POST", "/api/reservation", body, ("Idempotency-Key", "replay"))).ShouldFail(401, "token-expired");
        }

        (await attacker.SendAsync("POST", "/api/payment", new { reservationId = attacker.Held })).ShouldFail(401, "token-expired");
        (await attacker.SendAsync("GET", $"/api/concert/available-seats?concertScheduleId={world.Playground.Schedule}")).ShouldFail(401, "token-expired");
        (await attacker.SendAsync("GET", "/api/queue/check")).ShouldBe(200).Data["status"]!.GetValue<string>().ShouldBe("ENDED");
        (await attacker.SendAsync("GET", $"/api/reservation/{attacker.Held}")).ShouldBe(200);
    }

    [Fact]
    public async Task Use_TokenThatWaits_IsNotAdmittedWithTimeToAskAgain()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var waiting = world.WaitingVictims[0];

        var refused = await waiting.SendAsync("POST", "/api/reservation", new { seatId = world.Victims.Seat(90) });
        int.Parse(refused.ShouldFail(403, "not-admitted").Header("Retry-After")!).ShouldBePositive();
    }

    /// <summary>Refused on a call that changes nothing, and on one that would end the token.</summary>
    private static async Task ShouldAllBeBadAsync(AbuseHost host, string[] tokens)
    {
        var accepted = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(tokens.Chunk(Math.Max(1, tokens.Length / 8)), async (part, _) =>
        {
            await using var line = new Line(host.Port);
            foreach (var token in part)
            {
                foreach (var request in new[] { Request.Of("GET", "/api/reservation"), Request.Of("DELETE", "/api/queue") })
                {
                    var answer = await line.SendAsync(request.With("queue-token", token));
                    if (answer.Status != 401 || answer.Code != "bad-token" || Judge.Wrong(request, answer) is not null)
                    {
                        accepted.Enqueue($"{token} -> {answer}");
                    }
                }
            }
        });
        accepted.ShouldBeEmpty();
        host.Errors.Errors.ShouldBeEmpty();
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
