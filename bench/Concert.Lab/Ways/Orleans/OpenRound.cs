namespace Concert.Lab.Ways.Orleans;

/// <summary>
/// The round whose calls are done. A call that a time limit cut off stays in its grain's line, and must neither change what is being judged nor the next round.
/// </summary>
internal sealed class OpenRound
{
    private volatile string _prefix = "";

    public void Open(int round) => _prefix = $"{round}/";

    public void Close() => _prefix = "-";

    /// <param name="key">Of the grain.</param>
    public void Check(string key)
    {
        if (!key.StartsWith(_prefix, StringComparison.Ordinal))
        {
            throw new OperationCanceledException("The round is over.");
        }
    }
}
