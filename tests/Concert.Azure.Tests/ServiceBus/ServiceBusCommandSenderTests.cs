using System.Net.Sockets;
using System.Text;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Concert.Azure.ServiceBus;
using Concert.Booking.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.ServiceBus;

public sealed class ServiceBusCommandSenderTests : IAsyncDisposable
{
    private readonly ScriptedClient _client = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceBusCommandSender _sender;

    public ServiceBusCommandSenderTests() => _sender = new(_client.CreateSender("seat-commands"), _client, _time, NullLogger<ServiceBusCommandSender>.Instance);

    public static TheoryData<string> Reasons => [.. Enum.GetNames<ServiceBusFailureReason>().Where(r => r != nameof(ServiceBusFailureReason.MessageSizeExceeded))];

    public static TheoryData<string> Faults => [.. OtherFaults.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, Exception> OtherFaults => new Exception[]
    {
        new TimeoutException(), new UnauthorizedAccessException(), new RequestFailedException(401, "no"), new AuthenticationFailedException("no identity"),
        new CredentialUnavailableException("no identity"), new SocketException(10054), new IOException("reset"), new ObjectDisposedException("client"),
        new InvalidOperationException("Can't create session when the connection is closing."), new TaskCanceledException("of the client's own"),
    }.ToDictionary(e => e.GetType().Name);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task SendAsync_OneMessage_CarriesIdSessionBodyAndTrace()
    {
        await _sender.SendAsync([Message("1") with { TraceParent = "00-1-2-01" }], Cancel);

        var sent = _client.Sent.ShouldHaveSingleItem();
        (sent.MessageId, sent.SessionId, sent.ContentType, sent.Body.ToString()).ShouldBe(("m1", "s1", "application/json", """{"id":"1"}"""));
        sent.ApplicationProperties["traceparent"].ShouldBe("00-1-2-01");
    }

    [Fact]
    public async Task SendAsync_MoreThanABatchHolds_SendsAllInOrder()
    {
        _client.BatchSize = 100;

        (await _sender.SendAsync([.. Enumerable.Range(0, 250).Select(i => Message($"{i}"))], Cancel)).ShouldBeOfType<SendResult.Accepted>();

        _client.Sent.Select(m => m.MessageId).ShouldBe(Enumerable.Range(0, 250).Select(i => $"m{i}"));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task SendAsync_ClientGivesUp_IsNotNowAndNothingElse(string reason)
    {
        _client.SendFault = new ServiceBusException("of the test", Enum.Parse<ServiceBusFailureReason>(reason));

        var one = (await _sender.SendAsync([Message("1")], Cancel)).ShouldBeOfType<SendResult.Unavailable>();
        var many = (await _sender.SendAsync([Message("1"), Message("2")], Cancel)).ShouldBeOfType<SendResult.Unavailable>();

        one.Detail.ShouldBe(reason);
        one.RetryAfter.ShouldBe(TimeSpan.FromSeconds(reason == nameof(ServiceBusFailureReason.QuotaExceeded) ? 10 : 2));
        many.ShouldBe(one);
    }

    /// <summary>What the identity, the transport and a client that is shutting down throw instead of the documented exception.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task SendAsync_AnotherException_IsNotNow(string fault)
    {
        _client.SendFault = OtherFaults[fault];

        (await _sender.SendAsync([Message("1")], Cancel)).ShouldBeOfType<SendResult.Unavailable>().Detail.ShouldBe(fault);
    }

    [Fact]
    public async Task SendAsync_LinkOfABatchDoesNotOpen_IsNotNow()
    {
        _client.LinkFault = new ServiceBusException("away", ServiceBusFailureReason.ServiceCommunicationProblem);

        (await _sender.SendAsync([Message("1"), Message("2")], Cancel)).ShouldBeOfType<SendResult.Unavailable>();
    }

    [Fact]
    public async Task SendAsync_CallerGaveUp_IsCancelledAndSaysNothingAboutTheBroker()
    {
        using var gaveUp = new CancellationTokenSource();
        await gaveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => _sender.SendAsync([Message("1")], gaveUp.Token));

        await _sender.CheckAsync(Cancel);
    }

    /// <summary>No repeat would ever help: it must not look like a broker that is away.</summary>
    [Fact]
    public async Task SendAsync_MessageLargerThanTheQueueAllows_Throws()
    {
        _client.BatchSize = 0;
        await Should.ThrowAsync<ArgumentException>(() => _sender.SendAsync([Message("1"), Message("2")], Cancel));

        _client.SendFault = new ServiceBusException("too large", ServiceBusFailureReason.MessageSizeExceeded);
        await Should.ThrowAsync<ServiceBusException>(() => _sender.SendAsync([Message("1")], Cancel));

        await _sender.CheckAsync(Cancel);
    }

    [Fact]
    public async Task SendAsync_NoMessages_Throws() => await Should.ThrowAsync<ArgumentException>(() => _sender.SendAsync([], Cancel));

    [Fact]
    public async Task CheckAsync_BrokerCutWithTheSendersLinkStillOpen_AsksOverALinkOfItsOwn()
    {
        await _sender.SendAsync([Message("1"), Message("2")], Cancel);
        _client.LinkFault = new ServiceBusException("cut", ServiceBusFailureReason.ServiceCommunicationProblem);

        for (var poll = 0; poll < 12; poll++)
        {
            await Should.ThrowAsync<StoreUnavailableException>(() => _sender.CheckAsync(Cancel));
        }

        _client.LinkFault = null;
        await _sender.CheckAsync(Cancel);
        _client.Senders.Skip(1).ShouldAllBe(s => s.WasClosed && s.EntityPath == "seat-commands");
    }

    /// <summary>A queue that is full lets links open, and refuses what is sent.</summary>
    [Fact]
    public async Task CheckAsync_AfterASendThatFailed_RemembersUntilOneSucceeds()
    {
        _client.SendFault = new ServiceBusException("full", ServiceBusFailureReason.QuotaExceeded);
        await _sender.SendAsync([Message("1")], Cancel);

        (await Should.ThrowAsync<StoreUnavailableException>(() => _sender.CheckAsync(Cancel))).Message.ShouldContain("QuotaExceeded");
        _time.Advance(TimeSpan.FromSeconds(29));
        await Should.ThrowAsync<StoreUnavailableException>(() => _sender.CheckAsync(Cancel));

        _client.SendFault = null;
        await _sender.SendAsync([Message("1")], Cancel);
        await _sender.CheckAsync(Cancel);
    }

    /// <summary>Otherwise an instance that nobody sends anything to, because it is not ready, would never be ready again.</summary>
    [Fact]
    public async Task CheckAsync_LongAfterASendThatFailed_AsksAgain()
    {
        _client.SendFault = new TimeoutException();
        await _sender.SendAsync([Message("1")], Cancel);
        _time.Advance(TimeSpan.FromSeconds(30));

        await _sender.CheckAsync(Cancel);

        _client.LinkFault = new TimeoutException();
        await Should.ThrowAsync<StoreUnavailableException>(() => _sender.CheckAsync(Cancel));
    }

    [Fact]
    public async Task CheckAsync_BrokerThatIsSilent_GivesUpInTime()
    {
        _client.LinkHeld = new TaskCompletionSource().Task;
        var check = _sender.CheckAsync(Cancel);
        check.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<StoreUnavailableException>(() => check);
    }

    [Fact]
    public async Task CheckAsync_ManyAtOnce_OpenOneLink()
    {
        var held = new TaskCompletionSource();
        _client.LinkHeld = held.Task;
        var checks = Enumerable.Range(0, 50).Select(_ => _sender.CheckAsync(Cancel)).ToList();
        held.SetResult();

        await Task.WhenAll(checks);

        _client.Senders.Count.ShouldBe(2);
    }

    private static CommandMessage Message(string id) => new($"m{id}", $"s{id}", Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""));
}
