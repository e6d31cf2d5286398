namespace ConcertFunctions.Local.Tests;

/// <summary><c>GET /concert</c>, for everybody.</summary>
[Trait("Rule", "R-LIST")]
public sealed class ConcertListTests
{
    [Fact]
    public async Task List_ConcertWithoutSchedule_IsEmptyUntilThereIsOne()
    {
        await using var app = await LocalApp.StartAsync();
        (await ListAsync(app)).ShouldBeEmpty();
        (await app.AdminAsync("POST", "/api/admin/concert", new { name = "x" })).ShouldBe(201);
        (await ListAsync(app)).ShouldBeEmpty();
        var sale = await Sale.OpenAsync(app);
        (await ListAsync(app)).ShouldBe([sale.ConcertId]);
    }

    [Fact]
    public async Task List_BookingEnds_IsNotThereAnyMore()
    {
        await using var app = await LocalApp.StartAsync();
        await Sale.OpenAsync(app, opensIn: TimeSpan.FromHours(1));
        var later = await Sale.OpenAsync(app, opensIn: TimeSpan.FromHours(3));
        (await ListAsync(app)).Count.ShouldBe(2);
        app.Time.Advance(TimeSpan.FromHours(1));
        (await ListAsync(app)).ShouldBe([later.ConcertId]);
        app.Time.Advance(TimeSpan.FromHours(2));
        (await ListAsync(app)).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_OpenAndToCome_SaysWhichAndWhen()
    {
        await using var app = await LocalApp.StartAsync();
        var later = await Sale.OpenAsync(app, bookingIn: TimeSpan.FromHours(2));
        var open = await Sale.OpenAsync(app);
        var listed = (await app.SendAsync("GET", "/api/concert")).ShouldBe(200).Data.AsArray();
        listed.Select(c => c!["id"]!.GetValue<string>()).ShouldBe([open.ConcertId, later.ConcertId]);
        listed[0]!["isOpen"]!.GetValue<bool>().ShouldBeTrue();
        listed[0]!.AsObject().ContainsKey("nextOpeningAt").ShouldBeFalse();
        listed[1]!["isOpen"]!.GetValue<bool>().ShouldBeFalse();
        listed[1]!["nextOpeningAt"]!.GetValue<DateTimeOffset>().ShouldBe(app.Time.GetUtcNow().AddHours(2));
        app.Time.Advance(TimeSpan.FromHours(2));
        (await app.SendAsync("GET", "/api/concert")).Data.AsArray().ShouldAllBe(c => c!["isOpen"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task List_Answer_MayBeKeptForAFewSecondsByAnybody(string method)
    {
        await using var app = await LocalApp.StartAsync("--Cors:AllowedOrigins:0=https://shop.example");
        var answer = (await app.SendAsync(method, "/api/concert")).ShouldBe(200);
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=3");
        answer.Headers.Vary.ShouldContain("Origin");
    }

    [Fact]
    public async Task List_Restarted_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        string concert;
        await using (var first = await LocalApp.StartDurableAsync(folder.Path, time))
        {
            concert = (await Sale.OpenAsync(first)).ConcertId;
        }

        await using var second = await LocalApp.StartDurableAsync(folder.Path, time);
        (await ListAsync(second)).ShouldBe([concert]);
    }

    private static async Task<List<string>> ListAsync(LocalApp app) =>
        [.. (await app.SendAsync("GET", "/api/concert")).ShouldBe(200).Data.AsArray().Select(c => c!["id"]!.GetValue<string>())];
}
