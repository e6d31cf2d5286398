using System.Diagnostics.CodeAnalysis;

namespace Concert.Embedded.Catalog;

/// <summary>One build that several callers wait for. It belongs to none of them: it is cancelled when the last one has left.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor handle, and a build that is still ending may use its token.")]
internal sealed class SharedBuild
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _turn = new();

    /// <param name="build">Runs once its turn has come.</param>
    /// <param name="ended">Hears of the end, before anybody who waits: with null when there is nothing to keep.</param>
    public SharedBuild(Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, Action<SharedBuild, ReadOnlyMemory<byte>?> ended) =>
        Content = RunAsync(build, ended);

    public Task<ReadOnlyMemory<byte>> Content { get; }

    /// <summary>The section's version before it began; changed under the cache's lock, like the rest.</summary>
    public long Version { get; set; }

    /// <summary>Callers that wait.</summary>
    public int Waiting { get; set; }

    public bool IsAbandoned { get; set; }

    /// <summary>Its turn has come.</summary>
    public void Begin() => _turn.SetResult();

    /// <summary>Cancels the build if it still runs.</summary>
    public void Abandon() => _abandoned.Cancel();

    private async Task<ReadOnlyMemory<byte>> RunAsync(Func<CancellationToken, Task<ReadOnlyMemory<byte>>> build, Action<SharedBuild, ReadOnlyMemory<byte>?> ended)
    {
        await _turn.Task;
        ReadOnlyMemory<byte> content;
        try
        {
            content = await build(_abandoned.Token);
        }
        catch
        {
            ended(this, null);
            throw;
        }

        ended(this, content);
        return content;
    }
}
