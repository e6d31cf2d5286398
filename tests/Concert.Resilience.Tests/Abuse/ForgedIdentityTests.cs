using Concert.Resilience.Tests.Abuse.Generation;
using Concert.Resilience.Tests.Abuse.Support;
using Concert.Booking.Availability;
using Microsoft.Extensions.DependencyInjection;

namespace Concert.Resilience.Tests.Abuse;

/// <summary>The admin key, and the platform's word on who calls.</summary>
[Trait("Rule", "R-PLATFORM"), Trait("Rule", "R-ADMIN")]
public sealed class ForgedIdentityTests
{
    private const string Principal = "X-MS-CLIENT-PRINCIPAL-ID";

    public static TheoryData<string, string, string> WrongKeys => new()
    {
        { "", "no-token", "401" },
        { "x", "bad-token", "401" },
        { AbuseHost.AdminKey[..^1], "bad-token", "401" },
        { AbuseHost.AdminKey + "x", "bad-token", "401" },
        { AbuseHost.AdminKey.ToUpperInvariant(), "bad-token", "401" },
        { "\"" + AbuseHost.AdminKey + "\"", "bad-token", "401" },
        { "Bearer " + AbuseHost.AdminKey, "bad-token", "401" },
        { AbuseHost.AdminKey + "가", "bad-token", "401" },
        { AbuseHost.AdminKey + "," + AbuseHost.AdminKey, "bad-token", "401" },
        { new string('k', 2_048), "bad-token", "401" },
        { new string('k', 2_049), "invalid-request", "400" },
    };

    [Theory]
    [MemberData(nameof(WrongKeys))]
    public async Task Call_AdminWithAWrongKey_IsRefusedBeforeAnythingElseIsLookedAt(string key, string code, string status)
    {
        await using var host = await World.StartHostAsync();
        var operations = (await Contract.ReadAsync(host)).Where(o => o.Path.StartsWith("/api/admin/", StringComparison.Ordinal)).ToArray();
        operations.Length.ShouldBeGreaterThanOrEqualTo(3);

        foreach (var operation in operations)
        {
            // Neither the body nor the id is good: neither may show.
            var answer = await host.SendAsync(operation.Method, operation.Path, "{"u8.ToArray(), ("x-admin-key", key), (Principal, "admin"), ("queue-token", AbuseHost.AdminKey));
            answer.ShouldFail(int.Parse(status), code);
            answer.Text.ShouldNotContain(AbuseHost.AdminKey);
        }

        (await host.Services.GetRequiredService<ICatalogQueries>().IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", "/api/admin/schedule/x/report?x-admin-key=" + AbuseHost.AdminKey)]
    [InlineData("GET", "/api//admin/schedule/x/report")]
    [InlineData("GET", "/api/docs/../admin/schedule/x/report")]
    [InlineData("GET", "/API/ADMIN/schedule/x/report")]
    [InlineData("GET", "/api/%61dmin/schedule/x/report")]
    [InlineData("POST", "/api/admin/concert/")]
    [InlineData("HEAD", "/api/admin/schedule/x/report")]
    [InlineData("post", "/api/admin/concert")]
    public async Task Call_AdminByAnotherSpelling_IsNeverASuccess(string method, string target)
    {
        await using var host = await World.StartHostAsync();

        (await host.SendAsync(method, target)).Status.ShouldBeOneOf(401, 404, 405);
        (await host.Services.GetRequiredService<ICatalogQueries>().IsEmptyAsync(CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Call_WithForgedPrincipalWhereThereIsNoPlatform_IsTheTokensUser()
    {
        await using var host = await World.StartHostAsync();
        var world = await World.CreateAsync(host);
        var attacker = world.AttackersOfPlayground[0];
        (string, string)[][] forged = [[(Principal, "victim")], [(Principal, "victim"), (Principal, "victim")], [("X-MS-CLIENT-PRINCIPAL", "e30="), (Principal, "victim"), ("X-MS-CLIENT-PRINCIPAL-NAME", "victim")]];

        foreach (var headers in forged)
        {
            (await attacker.SendAsync("GET", $"/api/reservation/{world.Victim.Held}", null, headers)).ShouldFail(404, "not-yours");
            (await attacker.SendAsync("GET", $"/api/payment/{world.Victim.Payment}", null, headers)).ShouldFail(404, "not-yours");
            (await attacker.SendAsync("GET", "/api/user/history", null, headers)).Data["items"]!.AsArray().ShouldBeEmpty();
            (await attacker.SendAsync("GET", "/api/payment", null, headers)).Data["items"]!.AsArray().ShouldBeEmpty();
            (await attacker.SendAsync("GET", "/api/reservation", null, headers)).Text.ShouldNotContain(world.Victims.Concert);
            foreach (var known in new[] { "/api/reservation", "/api/payment", "/api/user/history", $"/api/reservation/{world.Victim.Held}" })
            {
                (await host.SendAsync("GET", known, null, headers)).ShouldFail(401, "no-token");
            }
        }
    }

    [Fact]
    public async Task Call_InPlatformModeForAnotherThanThePrincipal_IsRefused()
    {
        await using var host = await AbuseHost.StartAsync("--Identity:Mode=Platform");
        var venue = await Venue.OpenAsync(host, "Platform", price: 100);
        (string, string) me = (Principal, "me"), victim = (Principal, "victim");
        var token = (await host.SendAsync("POST", "/api/queue/issue", new { userId = "victim", concertId = venue.Concert }, victim)).ShouldBe(201).Data["token"]!.GetValue<string>();
        (await host.SendAsync("POST", "/api/user/charge", new { userId = "victim", amount = 500 }, victim)).ShouldBe(200);

        // Another's name in body or query is nobody's; another's token is no token; no principal is no user.
        (await host.SendAsync("POST", "/api/queue/issue", new { userId = "victim2", concertId = venue.Concert }, me)).ShouldFail(404, "not-yours");
        (await host.SendAsync("POST", "/api/user/charge", new { userId = "victim", amount = 1 }, me)).ShouldFail(404, "not-yours");
        (await host.SendAsync("GET", "/api/user/check?userId=victim", null, me)).ShouldFail(404, "not-yours");
        (await host.SendAsync("GET", "/api/user/check?userId=victim", null, me, victim)).ShouldFail(401, "no-token");
        foreach (var (method, path) in new[] { ("GET", "/api/queue/check"), ("DELETE", "/api/queue"), ("GET", "/api/reservation"), ("GET", "/api/payment"), ("GET", "/api/user/history") })
        {
            (await host.SendAsync(method, path, null, me, ("queue-token", token))).ShouldFail(401, "bad-token");
            (await host.SendAsync(method, path, null, ("queue-token", token))).ShouldFail(401, "no-token");
            (await host.SendAsync(method, path, null, ("queue-token", token), (Principal, ""))).ShouldFail(401, "no-token");
        }

        (await host.SendAsync("POST", "/api/reservation", new { seatId = venue.Seat(1) }, me, ("queue-token", token))).ShouldFail(401, "bad-token");
        (await host.SendAsync("GET", "/api/queue/check", null, victim, ("queue-token", token))).ShouldBe(200).Data["status"]!.GetValue<string>().ShouldBe("ACTIVE");
        (await host.SendAsync("GET", "/api/user/check?userId=victim", null, victim)).Data["balance"]!.GetValue<long>().ShouldBe(500);
        (await host.AdminAsync("GET", $"/api/admin/schedule/{venue.Schedule}/report")).Data["reservedSeats"]!.GetValue<long>().ShouldBe(0);
    }
}
