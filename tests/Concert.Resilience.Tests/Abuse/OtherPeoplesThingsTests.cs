using Concert.Resilience.Tests.Abuse.Generation;
using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>Another user's ids say exactly as much as ids that nobody has.</summary>
[Trait("Rule", "R-OWNER"), Trait("Rule", "R-HIDDEN")]
public sealed class OtherPeoplesThingsTests
{
    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "/api/reservation/{reservation}" },
        { "GET", "/api/reservation/{reservation}/ticket" },
        { "POST", "/api/reservation/{reservation}/cancel" },
        { "DELETE", "/api/reservation/{reservation}" },
        { "GET", "/api/payment/{payment}" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Ask_ForAnothersId_AnswersAsForAnUnknownOne(string method, string route)
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = world.AttackersOfPlayground[0];
        var victims = await world.VictimsAsync();

        var unknown = await attacker.SendAsync(method, Fill(route, Unknown(world.Victim.Held), Unknown(world.Victim.Payment)));
        unknown.ShouldFail(404, "not-yours");
        foreach (var (reservation, payment) in new[] { (world.Victim.Held, world.Victim.Payment), (world.Victim.Paid, world.Victim.Payment), ("nonsense", "nonsense"), (attacker.Held + "A", attacker.Held) })
        {
            foreach (var headers in new (string, string)[][] { [], [("Idempotency-Key", "probe")], [("Prefer", "wait=1")] })
            {
                var answer = await attacker.SendAsync(method, Fill(route, reservation, payment), null, headers);
                answer.Refusal.ShouldBe(unknown.Refusal);
                answer.Headers.Select(h => h.Name).ShouldBe(unknown.Headers.Select(h => h.Name));
            }
        }

        (await world.VictimsAsync()).ShouldBe(victims);
    }

    [Fact]
    public async Task Pay_ForAnothersHold_AnswersAsForAnUnknownOne()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = await Person.JoinAsync(host, world.Playground, "neighbour");
        var other = world.AttackersOfPlayground[3];
        var victims = await world.VictimsAsync();
        // Admitted to the room of the hold, so that only ownership is left to refuse it.
        if (attacker.Status != "ACTIVE")
        {
            (await world.AttackersOfPlayground[1].SendAsync("DELETE", "/api/queue")).ShouldBe(204);
            await AbuseHost.UntilAsync(() => attacker.SendAsync("GET", "/api/queue/check"), a => a.Data["status"]!.GetValue<string>() == "ACTIVE");
        }

        var unknown = (await attacker.SendAsync("POST", "/api/payment", new { reservationId = Unknown(other.Held) })).ShouldFail(404, "not-yours");
        (await attacker.SendAsync("POST", "/api/payment", new { reservationId = other.Held })).Refusal.ShouldBe(unknown.Refusal);
        var free = (await attacker.SendAsync("POST", "/api/payment", new { seatId = world.Playground.Seat(99) })).Refusal;
        (await attacker.SendAsync("POST", "/api/payment", new { seatId = world.Playground.Seat(4) })).Refusal.ShouldBe(free);
        (await world.VictimsAsync()).ShouldBe(victims);
    }

    [Fact]
    public async Task List_WithAnothersContinuation_ShowsOnlyMine()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = world.AttackersOfPlayground[0];
        var first = (await world.Victim.SendAsync("GET", "/api/reservation?limit=1")).Data["continuation"]!.GetValue<string>();

        foreach (var list in new[] { "reservation", "payment", "user/history" })
        {
            var page = await attacker.SendAsync("GET", $"/api/{list}?continuation={first}");
            page.Text.ShouldNotContain(world.Victims.Concert);
        }
    }

    /// <summary>A route of the contract that takes an id of a user and is not tried here would be a hole in this test.</summary>
    [Fact]
    public async Task Routes_OfTheContractThatTakeAUsersId_AreAllTried()
    {
        await using var host = await World.StartHostAsync();

        var taking = (await Contract.ReadAsync(host)).Where(o => o.Security != "x-admin-key" && o.Path.Contains("{id}", StringComparison.Ordinal)).Select(o => $"{o.Method} {o.Path}");
        var tried = Routes.Select(row => $"{row.Data.Item1} {row.Data.Item2.Replace("{reservation}", "{id}", StringComparison.Ordinal).Replace("{payment}", "{id}", StringComparison.Ordinal)}");
        tried.Order().ShouldBe(taking.Order());
    }

    private static string Fill(string route, string reservation, string payment) =>
        route.Replace("{reservation}", reservation, StringComparison.Ordinal).Replace("{payment}", payment, StringComparison.Ordinal);

    /// <summary>The same id with its last characters changed: well-formed, of the same section, and nobody's.</summary>
    private static string Unknown(string id) => id[..^4] + (id.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
}
