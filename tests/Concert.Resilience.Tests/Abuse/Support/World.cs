namespace Concert.Resilience.Tests.Abuse.Support;

/// <summary>
/// Two concerts in one host. The victims' has held, paid and waiting buyers, and nothing in it may ever move. In the other the attackers have tokens,
/// seats and money-less wallets of their own, so that bad requests get past every gate before they are refused.
/// </summary>
internal sealed class World
{
    private const int Attackers = 12;
    private const int Waiting = 5;

    private World(AbuseHost host, Venue victims, Venue playground, Person victim, IReadOnlyList<Person> waiting, IReadOnlyList<Person> attackers) =>
        (Host, Victims, Playground, Victim, WaitingVictims, AttackersOfPlayground) = (host, victims, playground, victim, waiting, attackers);

    public AbuseHost Host { get; }

    public Venue Victims { get; }

    public Venue Playground { get; }

    /// <summary>Has a paid and a held reservation.</summary>
    public Person Victim { get; }

    public IReadOnlyList<Person> WaitingVictims { get; }

    /// <summary>Each has a hold of its own.</summary>
    public IReadOnlyList<Person> AttackersOfPlayground { get; }

    public static Task<AbuseHost> StartHostAsync(params string[] settings) =>
        AbuseHost.StartAsync([$"--WaitingRoom:MaxActive={Attackers + 1}", "--Wallet:MaxBalance=100000000", .. settings]);

    public static async Task<World> CreateAsync(AbuseHost host)
    {
        var victims = await Venue.OpenAsync(host, "Victims", price: 1_000);
        // Dearer than any wallet here can hold: no payment of an attacker ever ends that attacker's token.
        var playground = await Venue.OpenAsync(host, "Playground", price: 1_000_000_000);

        var victim = await Person.JoinAsync(host, victims, "victim");
        await victim.ChargeAsync(50_000);
        var paid = await victim.HoldAsync(victims.Seat(1), victims.Seat(2));
        var payment = await victim.PayAsync(paid);
        // Paying ended the token, so the hold comes with a new one.
        victim = (await Person.JoinAsync(host, victims, "victim")) with { Paid = paid, Payment = payment };
        victim = victim with { Held = await victim.HoldAsync(victims.Seat(3)) };

        for (var i = 0; i < Attackers; i++)
        {
            await Person.JoinAsync(host, victims, $"active-{i}");
        }

        var waiting = new List<Person>();
        for (var i = 0; i < Waiting; i++)
        {
            waiting.Add(await Person.JoinAsync(host, victims, $"waiting-{i}"));
        }

        var attackers = new List<Person>();
        for (var i = 0; i < Attackers; i++)
        {
            var attacker = await Person.JoinAsync(host, playground, $"attacker-{i}");
            attackers.Add(attacker with { Held = await attacker.HoldAsync(playground.Seat(i + 1)) });
        }

        return new World(host, victims, playground, victim, waiting, attackers);
    }

    /// <summary>Everything of the victims' that could be seen to move.</summary>
    public async Task<string> VictimsAsync()
    {
        var report = (await Host.AdminAsync("GET", $"/api/admin/schedule/{Victims.Schedule}/report")).Data.AsObject();
        report.Remove("charged"); // The one figure that is about all wallets.
        List<string> seen = [report.ToJsonString()];
        string[] paths =
        [
            $"/api/concert/available-seats?concertScheduleId={Victims.Schedule}&include=all", $"/api/concert/available-dates?concertId={Victims.Concert}",
            "/api/reservation", "/api/payment", "/api/user/history", $"/api/user/check?userId={Victim.User}", $"/api/payment/{Victim.Payment}",
            $"/api/reservation/{Victim.Paid}", $"/api/reservation/{Victim.Held}",
        ];
        foreach (var path in paths)
        {
            seen.Add((await Victim.SendAsync("GET", path)).ShouldBe(200).Text);
        }

        foreach (var person in WaitingVictims.Append(Victim))
        {
            seen.Add((await person.SendAsync("GET", "/api/queue/check")).ShouldBe(200).Text);
        }

        return string.Join('\n', seen);
    }

    /// <summary>A sale from the first call to the last: it is what the service is for.</summary>
    public static async Task ShouldStillSellAsync(AbuseHost host)
    {
        var venue = await Venue.OpenAsync(host, "Afterwards", price: 700);
        var buyer = await Person.JoinAsync(host, venue, "buyer-afterwards");
        await buyer.ChargeAsync(1_000);
        await buyer.PayAsync(await buyer.HoldAsync(venue.Seat(5)));
        (await host.AdminAsync("GET", $"/api/admin/schedule/{venue.Schedule}/report")).Data["sold"]!.GetValue<long>().ShouldBe(1);
    }
}

/// <summary>A concert with one schedule: section A with numbered seats, and standing places.</summary>
internal sealed record Venue(string Concert, string Schedule, string Inventory)
{
    public const int Seats = 400;

    public string Seat(int number) => $"{Schedule}-1-{number}";

    public static async Task<Venue> OpenAsync(AbuseHost host, string name, long price)
    {
        var concert = (await host.AdminAsync("POST", "/api/admin/concert", new { name })).ShouldBe(201).Data["id"]!.GetValue<string>();
        var now = TimeProvider.System.GetUtcNow();
        var created = (await host.AdminAsync("POST", "/api/admin/schedule", new
        {
            concertId = concert,
            openAt = now.AddDays(10),
            closeAt = now.AddDays(10).AddHours(3),
            bookingStartAt = now.AddHours(-1),
            bookingEndAt = now.AddDays(9),
            sections = new[] { new { name = "A", seats = new { from = 1, to = Seats, price } } },
            inventories = new[] { new { name = "Standing", quantity = 100_000, price } },
        })).ShouldBe(201).Data;
        return new Venue(concert, created["id"]!.GetValue<string>(), created["inventories"]![0]!["id"]!.GetValue<string>());
    }
}

/// <summary>Somebody with a queue token, and perhaps reservations.</summary>
internal sealed record Person(AbuseHost Host, string User, string Token, string Status)
{
    public string Held { get; init; } = "";

    public string Paid { get; init; } = "";

    public string Payment { get; init; } = "";

    public static async Task<Person> JoinAsync(AbuseHost host, Venue venue, string user)
    {
        var joined = (await host.SendAsync("POST", "/api/queue/issue", new { userId = user, concertId = venue.Concert })).ShouldBe(201).Data;
        return new Person(host, user, joined["token"]!.GetValue<string>(), joined["status"]!.GetValue<string>());
    }

    public Task<Answer> SendAsync(string method, string target, object? body = null, params (string Name, string Value)[] headers) =>
        Host.SendAsync(method, target, body, [("queue-token", Token), .. headers]);

    public async Task ChargeAsync(long amount) =>
        (await Host.SendAsync("POST", "/api/user/charge", new { userId = User, amount })).ShouldBe(200);

    public async Task<string> HoldAsync(params string[] seatIds)
    {
        var id = (await SendAsync("POST", "/api/reservation", new { seatIds })).ShouldBe(202).Data["id"]!.GetValue<string>();
        await BecomesAsync($"/api/reservation/{id}", "HELD");
        return id;
    }

    public async Task<string> PayAsync(string reservationId)
    {
        var id = (await SendAsync("POST", "/api/payment", new { reservationId })).ShouldBe(202).Data["id"]!.GetValue<string>();
        await BecomesAsync($"/api/payment/{id}", "COMPLETED");
        return id;
    }

    public Task BecomesAsync(string path, string status) =>
        AbuseHost.UntilAsync(() => SendAsync("GET", path), answer => answer.ShouldBe(200).Data["status"]!.GetValue<string>() == status);
}
