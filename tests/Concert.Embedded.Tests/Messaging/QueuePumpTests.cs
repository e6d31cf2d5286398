using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Messaging;

public sealed class QueuePumpTests : IDisposable
{
    private readonly DataDirectory _folder = new();
    private readonly ScriptedProcessor _processor = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pump_ManySessionsWithRetries_KeepsEachSessionsOrder()
    {
        const int Sessions = 40, Each = 25;
        await using var queue = new EmbeddedQueueUnderTest(folder: _folder);
        var finished = new ConcurrentQueue<CommandMessage>();
        var running = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        _processor.OnProcess = async (message, delivery, _) =>
        {
            Interlocked.Add(ref overlaps, running.AddOrUpdate(message.SessionId, 1, (_, count) => count + 1) - 1);
            await Task.Yield();
            running.AddOrUpdate(message.SessionId, 0, (_, count) => count - 1);
            if (delivery == 1 && message.MessageId.GetHashCode(StringComparison.Ordinal) % 5 == 0)
            {
                return new ProcessResult.Retry(TimeSpan.FromMilliseconds(100), "again");
            }

            finished.Enqueue(message);
            return new ProcessResult.Done();
        };
        await queue.StartAsync(_processor);

        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(session => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await queue.Backend.SendAsync(Folder.Message($"{session}-{i}", $"{session}"));
            }
        })));
        await UntilAsync(queue, () => finished.Count >= Sessions * Each);

        overlaps.ShouldBe(0);
        foreach (var session in finished.GroupBy(message => message.SessionId))
        {
            session.Select(message => message.MessageId).ShouldBe(Enumerable.Range(0, Each).Select(i => $"{session.Key}-{i}"));
        }
    }

    [Fact]
    public async Task Pump_MoreSessionsThanAllowed_RunsNoMoreAtOnce()
    {
        await using var queue = new EmbeddedQueueUnderTest(new EmbeddedOptions { MaxConcurrentSessions = 3 });
        var goOn = new TaskCompletionSource();
        _processor.OnProcess = async (_, _, _) =>
        {
            await goOn.Task;
            return new ProcessResult.Done();
        };
        await queue.StartAsync(_processor);

        await queue.Backend.SendAsync([.. Enumerable.Range(0, 10).Select(i => Folder.Message($"{i}", $"{i}"))]);
        await UntilAsync(queue, () => _processor.Seen.Count >= 3);
        await queue.PassAsync(TimeSpan.FromSeconds(1));

        queue.Backend.Queue.Status.InFlight.ShouldBe(3);
        _processor.Seen.Count.ShouldBe(3);
        goOn.SetResult();
        await UntilAsync(queue, () => queue.Backend.Queue.Status.Depth == 0);
    }

    [Fact]
    public async Task Pump_HandlerOutlivesItsLock_IsCancelledAndTheCommandDeliveredAgain()
    {
        await using var queue = new EmbeddedQueueUnderTest();
        _processor.OnProcess = async (_, delivery, cancellationToken) =>
        {
            await (delivery == 1 ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask);
            return new ProcessResult.Done();
        };
        await queue.StartAsync(_processor);
        await queue.Backend.SendAsync(Folder.Message("1"));

        await UntilAsync(queue, () => queue.Backend.Queue.Status.Depth == 0);

        _processor.Seen.Select(seen => seen.DeliveryCount).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Stop_HandlerDoesNotFinish_IsCancelledAfterTheDrainTimeoutAndDeliveredAgainAtTheNextStart()
    {
        using var files = new DataDirectory();
        var started = new TaskCompletionSource();
        var queue = new EmbeddedQueueUnderTest(folder: files);
        _processor.OnProcess = async (_, _, cancellationToken) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new ProcessResult.Done();
        };
        await queue.StartAsync(_processor);
        await queue.Backend.SendAsync(Folder.Message("1"));
        await started.Task;

        var stopped = queue.StopAsync();
        await UntilAsync(queue, () => stopped.IsCompleted);
        await queue.DisposeAsync();

        await using var again = new EmbeddedQueueUnderTest(folder: files);
        _processor.OnProcess = (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Done());
        await again.StartAsync(_processor);
        await UntilAsync(again, () => again.Backend.Queue.Status.Depth == 0);
        _processor.Seen.Select(seen => seen.DeliveryCount).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Pump_MessageWithTraceParent_RunsInItsTrace()
    {
        var seen = new TaskCompletionSource<(ActivityTraceId Trace, ActivitySpanId Parent)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Concert.Booking",
            Sample = (ref _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var queue = new EmbeddedQueueUnderTest();
        _processor.OnProcess = (_, _, _) =>
        {
            seen.TrySetResult((Activity.Current!.TraceId, Activity.Current.ParentSpanId));
            return Task.FromResult<ProcessResult>(new ProcessResult.Done());
        };
        await queue.StartAsync(_processor);

        await queue.Backend.SendAsync(Folder.Message("1") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });

        var (trace, parent) = await seen.Task;
        (trace.ToHexString(), parent.ToHexString()).ShouldBe(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
    }

    [Fact]
    public async Task Pump_SomebodyListens_TellsTheQueuesDepth()
    {
        var depths = new ConcurrentQueue<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "concert.queue.depth")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, depth, _, _) => depths.Enqueue(depth));
        listener.Start();
        await using var queue = new EmbeddedQueueUnderTest();
        _processor.OnProcess = (_, _, _) => Task.FromResult<ProcessResult>(new ProcessResult.Done());
        await queue.StartAsync(_processor);

        await queue.Backend.SendAsync(Folder.Message("1"));

        await UntilAsync(queue, () => depths.Contains(0));
    }

    private static async Task UntilAsync(EmbeddedQueueUnderTest queue, Func<bool> condition)
    {
        for (var i = 0; i < 5000 && !condition(); i++)
        {
            await queue.PassAsync(TimeSpan.FromMilliseconds(100));
        }

        condition().ShouldBeTrue();
    }
}
