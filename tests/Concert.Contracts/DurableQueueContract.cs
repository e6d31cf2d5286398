using System.Text;
using Concert.Booking.Ports;
using Shouldly;
using Xunit;

namespace Concert.Contracts;

/// <summary>
/// What a queue promises whose commits a test can hold back: accepted means stored, also for who only repeats. A crash before that loses the message,
/// and then nobody was told anything.
/// </summary>
public abstract class DurableQueueContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract ICommandSender Sender { get; }

    /// <summary>Holds back commits from now on.</summary>
    protected abstract ICommitHold Hold();

    [Fact]
    public async Task SendAsync_NotStoredYet_IsNotAnswered()
    {
        using var hold = Hold();
        var first = Sender.SendAsync([Message("1")], Cancel);

        await hold.ShouldWaitAsync(first);

        hold.Release();
        (await first).ShouldBeOfType<SendResult.Accepted>();
    }

    [Fact]
    public async Task SendAsync_RepeatOfOneThatIsNotStoredYet_IsNotAnswered()
    {
        using var hold = Hold();
        var first = Sender.SendAsync([Message("1")], Cancel);
        await hold.Reached;
        var repeat = Sender.SendAsync([Message("1")], Cancel);
        var amongOthers = Sender.SendAsync([Message("1"), Message("2")], Cancel);

        await hold.ShouldWaitAsync(first, repeat, amongOthers);

        hold.Release();
        (await Task.WhenAll(first, repeat, amongOthers)).ShouldAllBe(answer => answer is SendResult.Accepted);
    }

    [Fact]
    public async Task SendAsync_RepeatByACallerWhoseFirstGaveUp_IsNotAnswered()
    {
        using var hold = Hold();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = Sender.SendAsync([Message("1")], impatient.Token);
        await hold.Reached;
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        var repeat = Sender.SendAsync([Message("1")], Cancel);

        await hold.ShouldWaitAsync(repeat);

        hold.Release();
        (await repeat).ShouldBeOfType<SendResult.Accepted>();
    }

    private static CommandMessage Message(string id) => new($"m{id}", "s", Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""));
}
