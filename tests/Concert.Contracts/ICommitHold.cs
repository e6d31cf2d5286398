using Shouldly;

namespace Concert.Contracts;

/// <summary>While it lives, what is decided does not become durable: the disk, or whatever stands for it, is held back.</summary>
public interface ICommitHold : IDisposable
{
    /// <summary>A commit waits at the hold.</summary>
    Task Reached { get; }

    void Release();
}

internal static class CommitHolds
{
    /// <summary>Long enough for an answer that does not wait to come; one that waits never comes before the release.</summary>
    private static readonly TimeSpan Chance = TimeSpan.FromMilliseconds(50);

    /// <summary>None of them is answered while the hold lives.</summary>
    public static async Task ShouldWaitAsync(this ICommitHold hold, params Task[] answers)
    {
        ArgumentNullException.ThrowIfNull(hold);
        await hold.Reached;
        await Task.WhenAny(Task.WhenAny(answers), Task.Delay(Chance));
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i].IsCompleted.ShouldBeFalse($"call {i} was answered before what it shows or repeats is durable");
        }
    }
}
