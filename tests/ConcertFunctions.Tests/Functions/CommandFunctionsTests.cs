using Azure.Messaging.ServiceBus;
using Concert.Booking.Ports;
using ConcertFunctions.Functions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Time.Testing;
using Shouldly;

namespace ConcertFunctions.Tests.Functions;

/// <summary>What the queue's functions make of a message: the host completes it when they return and gives it back when they throw.</summary>
public sealed class CommandFunctionsTests
{
    private readonly ScriptedProcessor _processor = new();
    private readonly RecordedActions _actions = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CommandFunctions _functions;

    public CommandFunctionsTests() => _functions = new CommandFunctions(_processor, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_Message_ReachesTheProcessorWhole()
    {
        await _functions.ProcessSeatCommands(Message(deliveryCount: 3), _actions, Cancel);

        var (message, deliveries) = _processor.Processed.ShouldHaveSingleItem();
        (message.MessageId, message.SessionId, message.TraceParent, deliveries).ShouldBe(("m1", "s1", "00-1-2-01", 3));
        message.Body.ToArray().ShouldBe("{}"u8.ToArray());
        _actions.DeadLettered.ShouldBeEmpty();
    }

    [Fact]
    public async Task Process_Poison_IsDeadLetteredWithItsReasonAndNotThrown()
    {
        _processor.Result = new ProcessResult.Poison("unknown-command", "what is this");
        var message = Message();

        await _functions.ProcessSeatCommands(message, _actions, Cancel);

        _actions.DeadLettered.ShouldBe([(message, "unknown-command", "what is this")]);
    }

    [Fact]
    public async Task Process_Retry_WaitsAndGivesTheMessageBack()
    {
        _processor.Result = new ProcessResult.Retry(TimeSpan.FromSeconds(3), "throttled");
        var running = _functions.ProcessSeatCommands(Message(), _actions, Cancel);
        running.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(3));

        (await Should.ThrowAsync<RedeliverException>(() => running)).Message.ShouldBe("throttled");
        _actions.DeadLettered.ShouldBeEmpty();
    }

    /// <summary>A host that shuts down does not wait for the delay; the message comes back all the same.</summary>
    [Fact]
    public async Task Process_RetryAndTheHostShutsDown_ThrowsAtOnce()
    {
        using var stopping = new CancellationTokenSource();
        _processor.Result = new ProcessResult.Retry(TimeSpan.FromMinutes(1), "throttled");
        var running = _functions.ProcessSeatCommands(Message(), _actions, stopping.Token);

        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Process_ProcessorThrows_IsGivenBack()
    {
        _processor.Throws = new InvalidOperationException("of the test");

        await Should.ThrowAsync<InvalidOperationException>(() => _functions.ProcessSeatCommands(Message(), _actions, Cancel));

        _actions.DeadLettered.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("MaxDeliveryCountExceeded", "MaxDeliveryCountExceeded")]
    [InlineData(null, "unknown")]
    public async Task DeadLetter_Handled_KnowsWhy(string? reason, string expected)
    {
        await _functions.OnDeadLetter(Message(deadLetterReason: reason), Cancel);

        _processor.Dead.ShouldHaveSingleItem().Reason.ShouldBe(expected);
    }

    [Fact]
    public async Task DeadLetter_Retry_IsGivenBack()
    {
        _processor.Result = new ProcessResult.Retry(TimeSpan.FromSeconds(1), "away");
        var running = _functions.OnDeadLetter(Message(), Cancel);

        _time.Advance(TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<RedeliverException>(() => running);
    }

    [Fact]
    public async Task Process_MessageOfAStranger_HasNoTraceAndNoSession()
    {
        await _functions.ProcessSeatCommands(ServiceBusModelFactory.ServiceBusReceivedMessage(new BinaryData("{}"), messageId: "x"), _actions, Cancel);

        var (message, _) = _processor.Processed.ShouldHaveSingleItem();
        (message.SessionId, message.TraceParent).ShouldBe(("", null));
    }

    private static ServiceBusReceivedMessage Message(int deliveryCount = 1, string? deadLetterReason = null)
    {
        var properties = new Dictionary<string, object> { ["traceparent"] = "00-1-2-01" };
        if (deadLetterReason is not null)
        {
            properties["DeadLetterReason"] = deadLetterReason;
        }

        return ServiceBusModelFactory.ServiceBusReceivedMessage(
            new BinaryData("{}"), messageId: "m1", sessionId: "s1", properties: properties, deliveryCount: deliveryCount);
    }

    private sealed class RecordedActions : ServiceBusMessageActions
    {
        public List<(ServiceBusReceivedMessage Message, string? Reason, string? Description)> DeadLettered { get; } = [];

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message,
            Dictionary<string, object>? propertiesToModify = null,
            string? deadLetterReason = null,
            string? deadLetterErrorDescription = null,
            CancellationToken cancellationToken = default)
        {
            DeadLettered.Add((message, deadLetterReason, deadLetterErrorDescription));
            return Task.CompletedTask;
        }
    }

    private sealed class ScriptedProcessor : ICommandProcessor
    {
        public ProcessResult Result { get; set; } = new ProcessResult.Done();

        public Exception? Throws { get; set; }

        public List<(CommandMessage Message, int Deliveries)> Processed { get; } = [];

        public List<(CommandMessage Message, string Reason)> Dead { get; } = [];

        public Task<ProcessResult> ProcessAsync(CommandMessage message, int deliveryCount, CancellationToken cancellationToken)
        {
            Processed.Add((message, deliveryCount));
            return Throws is null ? Task.FromResult(Result) : Task.FromException<ProcessResult>(Throws);
        }

        public Task<ProcessResult> DeadLetterAsync(CommandMessage message, string reason, CancellationToken cancellationToken)
        {
            Dead.Add((message, reason));
            return Task.FromResult(Result);
        }
    }
}
