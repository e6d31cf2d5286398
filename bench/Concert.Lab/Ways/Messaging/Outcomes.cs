using System.Collections.Concurrent;

namespace Concert.Lab.Ways.Messaging;

/// <summary>Who waits for the outcome of which operation. The outcome may come before its caller waits for it.</summary>
internal sealed class Outcomes<TKey, TOutcome>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TaskCompletionSource<TOutcome>> _waiting = new();

    public async Task<TOutcome> WaitAsync(TKey key, CancellationToken cancellationToken)
    {
        var outcome = await Of(key).Task.WaitAsync(cancellationToken);
        _waiting.TryRemove(key, out _);
        return outcome;
    }

    public void Set(TKey key, TOutcome outcome) => Of(key).TrySetResult(outcome);

    public void Clear() => _waiting.Clear();

    private TaskCompletionSource<TOutcome> Of(TKey key) =>
        _waiting.GetOrAdd(key, _ => new TaskCompletionSource<TOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
}
