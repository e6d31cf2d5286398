using System.Net;
using Concert.Api.Webhooks;
using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Xunit;

namespace Concert.Api.Tests.Webhooks;

[Trait("Rule", "R-WEBHOOK-ADDRESS")]
public sealed class HttpWebhookSenderTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    private const string Event = """{"type":"reservation.held","data":{"name":"여름밤"}}""";

    [Fact]
    public async Task Send_AReceiver_GetsTheBodyUnderASignatureThatVerifies()
    {
        await using var receiver = await Receiver.StartAsync(_ => Results.Ok());
        using var sender = Sender(allowPrivate: true);
        (await sender.SendAsync(receiver.Message(), CancellationToken.None)).ShouldBeOfType<WebhookAnswer.Delivered>();
        var (headers, body) = receiver.Got.ShouldHaveSingleItem();
        body.ShouldBe(Event);
        headers.ContentType.ToString().ShouldStartWith("application/json");
        headers["webhook-id"].ToString().ShouldBe("evt_1");
        // By another hand than ours: the library checks the time, too.
        new StandardWebhook(Secret).Verify(body, headers);
        Should.Throw<WebhookVerificationException>(() => new StandardWebhook(Secret).Verify(body + " ", headers));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "400 BadRequest")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "503 ServiceUnavailable")]
    [InlineData(HttpStatusCode.NotModified, "304 NotModified")]
    public async Task Send_AnotherAnswer_HasFailed(HttpStatusCode status, string reason)
    {
        await using var receiver = await Receiver.StartAsync(_ => Results.StatusCode((int)status));
        using var sender = Sender(allowPrivate: true);
        (await sender.SendAsync(receiver.Message(), CancellationToken.None)).ShouldBe(new WebhookAnswer.Failed(reason));
    }

    [Fact]
    public async Task Send_ARedirect_IsNotFollowed()
    {
        await using var target = await Receiver.StartAsync(_ => Results.Ok());
        await using var receiver = await Receiver.StartAsync(_ => Results.Redirect(target.Url.AbsoluteUri, permanent: false, preserveMethod: true));
        using var sender = Sender(allowPrivate: true);
        (await sender.SendAsync(receiver.Message(), CancellationToken.None)).ShouldBe(new WebhookAnswer.Failed("307 RedirectKeepVerb"));
        target.Got.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_NoAnswerInTime_HasFailed()
    {
        var never = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(async _ =>
        {
            await never.Task;
            return Results.Ok();
        });
        using var sender = Sender(allowPrivate: true, timeout: TimeSpan.FromMilliseconds(200));
        (await sender.SendAsync(receiver.Message(), CancellationToken.None)).ShouldBe(new WebhookAnswer.Failed("No answer within 0.2 s."));
        never.SetResult();
    }

    [Fact]
    public async Task Send_NobodyListens_HasFailed()
    {
        Uri url;
        await using (var receiver = await Receiver.StartAsync(_ => Results.Ok()))
        {
            url = receiver.Url;
        }

        using var sender = Sender(allowPrivate: true);
        (await sender.SendAsync(new WebhookMessage(url, Secret, "evt_1", DateTimeOffset.UnixEpoch, Event), CancellationToken.None)).ShouldBeOfType<WebhookAnswer.Failed>();
    }

    [Fact]
    public async Task Send_CallerGivesUp_Throws()
    {
        using var sender = Sender(allowPrivate: true);
        await Should.ThrowAsync<OperationCanceledException>(
            () => sender.SendAsync(new WebhookMessage(new Uri("http://127.0.0.1:9"), Secret, "evt_1", DateTimeOffset.UnixEpoch, Event), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Send_ANameOfAPrivateAddress_IsRefusedWhenItIsResolved()
    {
        using var sender = Sender(allowPrivate: false);
        sender.WhyNot(new Uri("https://localhost/")).ShouldBeNull("a name is judged by what it resolves to");
        var answer = await sender.SendAsync(new WebhookMessage(new Uri("https://localhost/"), Secret, "evt_1", DateTimeOffset.UnixEpoch, Event), CancellationToken.None);
        answer.ShouldBe(new WebhookAnswer.Failed("The receiver has a private address."));
    }

    [Theory]
    [InlineData("http://shop.example.com/")]
    [InlineData("ftp://shop.example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://172.31.0.1/")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("https://169.254.169.254/metadata")]
    [InlineData("https://168.63.129.16/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[2002:a00:1::]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    public async Task Send_PrivateOrWithoutTls_IsRefused(string url)
    {
        using var sender = Sender(allowPrivate: false);
        sender.WhyNot(new Uri(url)).ShouldNotBeNull();
        (await sender.SendAsync(new WebhookMessage(new Uri(url), Secret, "evt_1", DateTimeOffset.UnixEpoch, Event), CancellationToken.None)).ShouldBeOfType<WebhookAnswer.Failed>();
    }

    [Theory]
    [InlineData("https://shop.example.com/")]
    [InlineData("https://93.184.216.34/hook")]
    [InlineData("https://172.32.0.1/")]
    [InlineData("https://[2606:2800:220:1::1]/")]
    public void WhyNot_PublicAddress_MayBeCalled(string url)
    {
        using var sender = Sender(allowPrivate: false);
        sender.WhyNot(new Uri(url)).ShouldBeNull();
    }

    private static HttpWebhookSender Sender(bool allowPrivate, TimeSpan? timeout = null) =>
        new(Options.Create(new WebhookOptions { AllowPrivate = allowPrivate, Timeout = timeout ?? TimeSpan.FromSeconds(30) }), TimeProvider.System);

    /// <summary>A server on a loopback port that keeps what it gets.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Receiver(WebApplication app) => _app = app;

        public List<(IHeaderDictionary Headers, string Body)> Got { get; } = [];

        public Uri Url => new(_app.Urls.First());

        public static Task<Receiver> StartAsync(Func<HttpContext, IResult> answer) => StartAsync(http => Task.FromResult(answer(http)));

        public static async Task<Receiver> StartAsync(Func<HttpContext, Task<IResult>> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._app.Run(async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                receiver.Got.Add((new HeaderDictionary(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)), await reader.ReadToEndAsync()));
                await (await answer(http)).ExecuteAsync(http);
            });
            await receiver._app.StartAsync();
            return receiver;
        }

        public WebhookMessage Message() => new(Url, Secret, "evt_1", TimeProvider.System.GetUtcNow(), Event);

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
