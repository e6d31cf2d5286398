namespace Concert.Embedded.Sqlite;

/// <summary>The reason a piece of work was not done.</summary>
/// <param name="Detail">One sentence for people.</param>
/// <param name="OutcomeUnknown">It may have been applied all the same.</param>
internal sealed record Fault(string Detail, bool OutcomeUnknown = false);

/// <summary>The value of a piece of work, or why there is none.</summary>
internal readonly record struct Outcome<T>(T Value, Fault? Fault);

/// <summary>
/// Something to do on the writer's connection. <see cref="Run"/> happens within a transaction and may happen again after a rollback;
/// then exactly one of <see cref="Done"/>, once what it wrote is on disk, and <see cref="Failed"/>, once it is taken back; then
/// <see cref="Answer"/>, on another thread.
/// </summary>
internal abstract class Work
{
    public abstract void Run();

    public virtual void Done()
    {
    }

    /// <summary>Called after its writes were rolled back: it undoes its changes in memory. The newest work comes first.</summary>
    public virtual void RolledBack()
    {
    }

    public virtual void Failed(Fault fault)
    {
    }

    /// <summary>Tells who waits for it. What they do next runs in here.</summary>
    public virtual void Answer()
    {
    }

    /// <summary>It takes too long, and who waits for it goes without its outcome. It still ends as above.</summary>
    public virtual void GivenUp(Fault fault)
    {
    }
}

/// <summary>Work that nobody waits for: it shares the next commit, and is tried again until it is written.</summary>
internal abstract class LazyWork : Work;

/// <summary>Work that somebody waits for. What it throws before it writes is theirs; only a <see cref="SqliteFault"/> ends the transaction.</summary>
internal abstract class Request<T> : Work
{
    private readonly TaskCompletionSource<Outcome<T>> _outcome = new();
    private Exception? _thrown;
    private Fault? _fault;

    public Task<Outcome<T>> Outcome => _outcome.Task;

    protected T Value { get; private set; } = default!;

    public sealed override void Run()
    {
        try
        {
            _thrown = null;
            Value = Make();
        }
        catch (Exception thrown) when (thrown is not SqliteFault)
        {
            _thrown = thrown;
        }
    }

    public override void Failed(Fault fault) => _fault = fault;

    public sealed override void Answer()
    {
        if (_thrown is not null && _fault is null)
        {
            _outcome.TrySetException(_thrown);
        }
        else
        {
            _outcome.TrySetResult(new Outcome<T>(Value, _fault));
        }
    }

    public sealed override void GivenUp(Fault fault) => _outcome.TrySetResult(new Outcome<T>(default!, fault));

    protected abstract T Make();
}

/// <summary>A request that reads whatever it is given to read.</summary>
internal sealed class Query<T>(Connection connection, Func<Connection, T> read) : Request<T>
{
    protected override T Make() => read(connection);
}
