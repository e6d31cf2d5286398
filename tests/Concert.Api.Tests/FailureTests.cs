using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Ports;
using Concert.Booking.Wallets;
using Microsoft.AspNetCore.Http;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Concert.Api.Tests;

[Trait("Rule", "R-503")]
public sealed class FailureTests
{
    private const string Balance = "/api/user/check?userId=mina";

    private static readonly Dictionary<RefusalCode, int> Statuses = new()
    {
        [RefusalCode.InvalidRequest] = 400, [RefusalCode.NoToken] = 401, [RefusalCode.BadToken] = 401, [RefusalCode.TokenExpired] = 401,
        [RefusalCode.NotAdmitted] = 403, [RefusalCode.NotYours] = 404, [RefusalCode.AlreadyQueued] = 409, [RefusalCode.SeatTaken] = 409,
        [RefusalCode.SoldOut] = 409, [RefusalCode.BookingClosed] = 409, [RefusalCode.LimitReached] = 409, [RefusalCode.HoldExpired] = 409,
        [RefusalCode.NotCancellable] = 409, [RefusalCode.CancelWindowClosed] = 409, [RefusalCode.AlreadyPaid] = 409,
        [RefusalCode.AlreadyUsed] = 409, [RefusalCode.NotValid] = 409,
        [RefusalCode.InsufficientBalance] = 402, [RefusalCode.IdempotencyMismatch] = 422, [RefusalCode.TooManyRequests] = 429,
        [RefusalCode.Unavailable] = 503,
    };

    private readonly Api _api = new();

    public static TheoryData<RefusalCode> Codes => [.. Enum.GetValues<RefusalCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Refusal_OfTheDomain_HasItsStatusAndCode(RefusalCode code)
    {
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).Returns(_ => new Refusal(code, "Because."));
        var answer = await _api.SendAsync("GET", Balance);
        answer.ShouldBeProblem(Statuses[code], code.Name());
        answer.Json["detail"]!.GetValue<string>().ShouldBe("Because.");
        var waits = code is RefusalCode.NotAdmitted or RefusalCode.TooManyRequests or RefusalCode.Unavailable;
        answer.Headers.RetryAfter.ToString().ShouldBe(waits ? "1" : "");
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData(0.2, "1")]
    [InlineData(4.5, "5")]
    public async Task StoreUnavailable_Is503WithRetryAfter(double? seconds, string retryAfter)
    {
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>())
            .ThrowsAsync(new StoreUnavailableException("secret host", seconds is { } s ? TimeSpan.FromSeconds(s) : null));
        var answer = await _api.SendAsync("GET", Balance);
        answer.ShouldBeProblem(503, "unavailable");
        answer.Headers.RetryAfter.ToString().ShouldBe(retryAfter);
        Encoding.UTF8.GetString(answer.Body).ShouldNotContain("secret");
    }

    [Fact]
    public async Task UnexpectedException_Is500WithoutItsText()
    {
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("secret"));
        var answer = await _api.SendAsync("GET", Balance);
        answer.ShouldBeProblem(500, "unavailable");
        Encoding.UTF8.GetString(answer.Body).ShouldNotContain("secret");
    }

    [Fact]
    public async Task CancellationThatIsNotTheClients_Is500()
    {
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).ThrowsAsync(new OperationCanceledException());
        (await _api.SendAsync("GET", Balance)).ShouldBeProblem(500, "unavailable");
    }

    [Fact]
    public async Task ClientThatLeft_GetsNothing()
    {
        using var client = new CancellationTokenSource();
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).Returns<Result<BalanceView>>(_ =>
        {
            client.Cancel();
            throw new OperationCanceledException(client.Token);
        });
        (await _api.SendAsync("GET", Balance, (byte[]?)null, client.Token)).Body.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(408)]
    [InlineData(413)]
    public async Task BadHttpRequest_KeepsItsStatus(int status)
    {
        _api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).ThrowsAsync(new BadHttpRequestException("secret", status));
        (await _api.SendAsync("GET", Balance)).ShouldBeProblem(status, "invalid-request");
    }

    [Fact]
    public async Task MoreRequestsThanAllowed_AreRefusedAtOnceButHealthIsAnswered()
    {
        var api = new Api(("Api:MaxConcurrentRequests", "1"));
        var slow = new TaskCompletionSource<Result<BalanceView>>();
        api.Wallets.BalanceAsync(Arg.Any<Caller>(), Arg.Any<CancellationToken>()).Returns(slow.Task);
        var first = api.SendAsync("GET", Balance);
        var second = await api.SendAsync("GET", Balance);
        second.ShouldBeProblem(429, "too-many-requests");
        second.Headers.RetryAfter.ToString().ShouldBe("1");
        (await api.SendAsync("GET", "/health/live")).Status.ShouldBe(200);
        slow.SetResult(new BalanceView(5));
        (await first).Status.ShouldBe(200);
        (await api.SendAsync("GET", Balance)).Status.ShouldBe(200);
    }
}
