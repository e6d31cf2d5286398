namespace Concert.Booking.Storage;

/// <summary>
/// Something that takes reading and may be a little old: read once for all who ask meanwhile, and kept. Reading takes no more than a tenth of the time: what
/// took long is kept ten times as long. A reading belongs to no caller, so none of them can cancel it; one that failed is told to those who waited for it, and
/// the next caller reads again.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="keptFor">How old it may be, or more where reading takes long.</param>
/// <param name="read">Reads it; has to bound its own time.</param>
public sealed class Kept<T>(TimeProvider time, TimeSpan keptFor, Func<Task<T>> read)
{
    private const int Share = 10;

    private readonly Lock _lock = new();
    private Lazy<Task<Reading>>? _reading;

    /// <summary>The value: kept, or read now.</summary>
    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Lazy<Task<Reading>> reading;
        lock (_lock)
        {
            if (_reading is null || (_reading is { IsValueCreated: true, Value: { IsCompleted: true } done } && !IsFresh(done)))
            {
                _reading = new Lazy<Task<Reading>>(ReadAsync);
            }

            reading = _reading;
        }

        return (await reading.Value.WaitAsync(cancellationToken)).Value;
    }

    private bool IsFresh(Task<Reading> done)
    {
        if (!done.IsCompletedSuccessfully)
        {
            return false;
        }

        var reading = done.Result;
        var rest = time.GetElapsedTime(reading.Began, reading.Ended) * Share;
        return time.GetElapsedTime(reading.Ended) < (rest > keptFor ? rest : keptFor);
    }

    private async Task<Reading> ReadAsync()
    {
        var began = time.GetTimestamp();
        return new Reading(await read(), began, time.GetTimestamp());
    }

    private sealed record Reading(T Value, long Began, long Ended);
}
