namespace Concert.Lab.Ways.Guards;

/// <summary>Mutual exclusion outside of the store.</summary>
internal interface IGuard : IAsyncDisposable
{
    /// <summary>Returns when the caller has the key alone; the result gives it back.</summary>
    /// <param name="key">A wallet, a seat or an inventory.</param>
    /// <param name="retry">Called for each further try.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Func<Task>> EnterAsync(string key, Action retry, CancellationToken cancellationToken);
}
