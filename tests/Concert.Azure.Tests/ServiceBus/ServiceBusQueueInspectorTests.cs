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

public sealed class ServiceBusQueueInspectorTests : IAsyncDisposable
{
    private readonly ScriptedClient _client = new();
    private readonly ScriptedAdministration _administration = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceBusQueueInspector _inspector;

    public ServiceBusQueueInspectorTests() => _inspector = new(_administration, _client, _time, NullLogger<ServiceBusQueueInspector>.Instance);

    public static TheoryData<string> Faults => [.. OtherFaults.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, Exception> OtherFaults => new Exception[]
    {
        new UnauthorizedAccessException("Manage is required."), new RequestFailedException(401, "no"), new RequestFailedException(503, "busy"),
        new AuthenticationFailedException("no identity"), new ServiceBusException("gone", ServiceBusFailureReason.MessagingEntityNotFound), new HttpRequestException("reset"),
        new TaskCanceledException("of the client's own"),
    }.Select((e, i) => ($"{i} {e.GetType().Name}", e)).ToDictionary(f => f.Item1, f => f.e);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Measure_WhoMayKnow_LearnsTheDepthAndNoAge()
    {
        _administration.Active = 412;

        (await _inspector.MeasureAsync(Cancel)).ShouldBe(new QueueLoad(412, null));

        _administration.Asked.ShouldBe(["seat-commands"]);
    }

    [Fact]
    public async Task Measure_ManyWithinFiveSeconds_AskOnce()
    {
        var held = new TaskCompletionSource();
        _administration.Held = held.Task;
        var asked = Enumerable.Range(0, 50).Select(_ => _inspector.MeasureAsync(Cancel)).ToList();
        held.SetResult();
        await Task.WhenAll(asked);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await _inspector.MeasureAsync(Cancel);
        _administration.Asked.Count.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        _administration.Active = 7;
        (await _inspector.MeasureAsync(Cancel))!.Depth.ShouldBe(7);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Measure_WithoutTheRightOrABroker_IsNotKnown(string fault)
    {
        _administration.Fault = OtherFaults[fault];

        (await _inspector.MeasureAsync(Cancel)).ShouldBeNull();

        _administration.Fault = null;
        _time.Advance(TimeSpan.FromSeconds(5));
        (await _inspector.MeasureAsync(Cancel)).ShouldNotBeNull("it is asked again");
    }

    [Fact]
    public async Task Measure_BrokerThatIsSilent_IsNotKnownInTime()
    {
        _administration.Held = new TaskCompletionSource().Task;
        var measured = _inspector.MeasureAsync(Cancel);
        measured.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(5));

        (await measured).ShouldBeNull();
    }

    [Fact]
    public async Task Peek_DeadLetters_AreShownAsTheyWereSentWithTheirReason()
    {
        _client.Dead.AddRange([Dead("1", "MaxDeliveryCountExceeded"), Dead("2", null), Dead("3", "unreadable")]);

        var letters = await _inspector.PeekDeadLettersAsync(2, Cancel);

        letters.Select(l => (l.Message.MessageId, l.Message.SessionId, Encoding.UTF8.GetString(l.Message.Body.Span), l.Reason))
            .ShouldBe([("m1", "s1", """{"id":"1"}""", "MaxDeliveryCountExceeded"), ("m2", "s2", """{"id":"2"}""", "unknown")]);
        var receiver = _client.Receivers.ShouldHaveSingleItem();
        (receiver.EntityPath, receiver.Of, receiver.WasClosed).ShouldBe(("seat-commands", SubQueue.DeadLetter, true));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Peek_BrokerAway_IsUnavailable(string fault)
    {
        _client.PeekFault = OtherFaults[fault];

        await Should.ThrowAsync<StoreUnavailableException>(() => _inspector.PeekDeadLettersAsync(10, Cancel));
    }

    [Fact]
    public async Task Peek_BrokerThatIsSilent_GivesUpInTime()
    {
        _client.PeekHeld = new TaskCompletionSource().Task;
        var peeked = _inspector.PeekDeadLettersAsync(10, Cancel);
        peeked.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<StoreUnavailableException>(() => peeked);
    }

    [Fact]
    public async Task Inspect_CallerGaveUp_IsCancelled()
    {
        using var gaveUp = new CancellationTokenSource();
        await gaveUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => _inspector.MeasureAsync(gaveUp.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => _inspector.PeekDeadLettersAsync(1, gaveUp.Token));
    }

    private static ServiceBusReceivedMessage Dead(string id, string? reason) => ServiceBusModelFactory.ServiceBusReceivedMessage(
        new BinaryData($$"""{"id":"{{id}}"}"""),
        messageId: $"m{id}",
        sessionId: $"s{id}",
        properties: reason is null ? null : new Dictionary<string, object> { ["DeadLetterReason"] = reason });
}
