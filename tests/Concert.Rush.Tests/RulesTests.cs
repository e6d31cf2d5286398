using System.Net;
using Concert.Rush.Drill;
using Concert.Rush.Options;
using Concert.Testing.Http;
using Shouldly;
using Xunit;

namespace Concert.Rush.Tests;

public sealed class RulesTests
{
    private static readonly Uri Local = new("http://localhost:7071");
    private static readonly Uri Remote = new("https://concert.example.org");

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, 200, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 200, true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, RetryPolicy.MostAttempts, false)]
    [InlineData(HttpStatusCode.InternalServerError, 1, true)]
    [InlineData(HttpStatusCode.InternalServerError, 8, false)]
    [InlineData(HttpStatusCode.Conflict, 1, false)]
    [InlineData(HttpStatusCode.Accepted, 1, false)]
    public void ShouldRetry_ByStatusAndAttempt_IsBounded(HttpStatusCode status, int attempt, bool expected) =>
        RetryPolicy.Default.ShouldRetry(status, attempt).ShouldBe(expected);

    [Fact]
    public void Delay_WithRetryAfter_IsNeverShorter() =>
        RetryPolicy.Default.Delay(9, TimeSpan.FromSeconds(3), 0).ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.3));

    [Fact]
    public void Delay_WithAVeryLongRetryAfter_StaysBelowTheSilenceLimit() =>
        RetryPolicy.Default.Delay(1, TimeSpan.FromHours(1), 1).ShouldBeLessThan(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(300)]
    public void Delay_WithoutRetryAfter_IsAtMostTwoSeconds(int attempt) =>
        RetryPolicy.Default.Delay(attempt, null, 1).ShouldBeInRange(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    [Fact]
    public void Wish_OfMoreBuyersThanSeats_ContestsEverySeat()
    {
        string[] seats = ["a", "b", "c"];

        Enumerable.Range(0, 6).SelectMany(i => SaleScenario.Wish(Scenario.Places, seats, i)).ShouldBe(["a", "b", "c", "a", "b", "c"]);
    }

    [Fact]
    public void Wish_OfCarts_OverlapsAndIsAskedInBothOrders()
    {
        string[] seats = ["1", "2", "3", "4", "5", "6", "7", "8"];
        var carts = Enumerable.Range(0, 8).Select(i => SaleScenario.Wish(Scenario.Carts, seats, i)).ToList();

        carts.ShouldAllBe(c => c.Count == 4 && c.Distinct().Count() == 4);
        carts[0].ShouldBe(["1", "2", "3", "4"]);
        carts[1].ShouldBe(["3", "4", "5", "6"]);
        carts[4].ShouldBe(["4", "3", "2", "1"]);
    }

    [Fact]
    public async Task Pace_AutoWithOneWaitingToken_Rolls()
    {
        var pace = new Pace(Rolling.Auto, 3);

        pace.HasJoined(active: true);
        pace.Rolling.IsCompleted.ShouldBeFalse();
        pace.HasJoined(active: false);

        (await pace.Rolling).ShouldBeTrue();
        pace.Crowded.ShouldBeTrue();
    }

    [Fact]
    public async Task Pace_AutoWithAllActive_HasABarrierThatOpensAfterTheLastDecision()
    {
        var pace = new Pace(Rolling.Auto, 2);
        pace.HasJoined(active: true);
        pace.HasJoined(active: true);

        (await pace.Rolling).ShouldBeFalse();
        pace.HasBeenDecided();
        pace.EverybodyDecided.IsCompleted.ShouldBeFalse();
        pace.HasBeenDecided();
        pace.EverybodyDecided.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void AdminKey_Given_WinsOverTheEnvironment() => AdminKey.Resolve(" given ", Local, "none", _ => "env").ShouldBe("given");

    [Fact]
    public void AdminKey_FromEnvironment_IsUsedWhenNoneIsGiven() => AdminKey.Resolve(null, Remote, "none", n => n == "CONCERT_ADMIN_KEY" ? "env" : null).ShouldBe("env");

    [Fact]
    public void AdminKey_FromDataFolder_IsForLoopbackOnly()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "admin-key"), "from-file\n");

            AdminKey.Resolve(null, Local, folder.FullName, _ => null).ShouldBe("from-file");
            AdminKey.Resolve(null, Remote, folder.FullName, _ => null).ShouldBeNull();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
