using Concert.Booking.Ports;

namespace Concert.Api.Streams;

/// <summary>
/// One open stream: somebody else's writes, one at a time. Nothing is kept for a client that does not read: what it misses meanwhile, it is told in one
/// event later, or never.
/// </summary>
/// <param name="claims">Whose it is.</param>
/// <param name="watch">The schedule it is about as well; null for the place in line alone.</param>
/// <param name="body">Where to write.</param>
internal sealed class EventStream(TokenClaims claims, WatchedSchedule? watch, Stream body)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _writing = Task.CompletedTask;
    private bool _isOver;

    public TokenClaims Claims => claims;

    public WatchedSchedule? Watch => watch;

    /// <summary>When its life is over. Times are timestamps of the feed's clock.</summary>
    public long EndsAt { get; init; }

    /// <summary>When to look next at where its token stands.</summary>
    public long LookAt { get; set; }

    public long WrittenAt { get; private set; }

    /// <summary>The revision of the schedule that the client knows of.</summary>
    public long Seen { get; set; }

    /// <summary>The place in line that the client knows of.</summary>
    public PlaceInLine? Told { get; set; }

    /// <summary>Ends when the stream has to: nothing is written any more.</summary>
    public Task Over => _over.Task;

    /// <summary>The client has not taken what was written last.</summary>
    public bool IsBlocked
    {
        get
        {
            lock (_lock)
            {
                return !_writing.IsCompleted;
            }
        }
    }

    /// <summary>False when nothing was written: the stream is over, or blocked.</summary>
    public bool TryWrite(ReadOnlyMemory<byte> frame, long now)
    {
        lock (_lock)
        {
            if (_isOver || !_writing.IsCompleted)
            {
                return false;
            }

            if (_writing.IsCompletedSuccessfully)
            {
                _writing = WriteAsync(frame);
                WrittenAt = now;
                return true;
            }
        }

        // A write that failed: nobody is there.
        End();
        return false;
    }

    /// <summary>Ends it, with a last event where the client can take one.</summary>
    public void End(ReadOnlyMemory<byte> last = default)
    {
        lock (_lock)
        {
            if (!_isOver && !last.IsEmpty && _writing.IsCompletedSuccessfully)
            {
                _writing = WriteAsync(last);
            }

            _isOver = true;
        }

        _over.TrySetResult();
    }

    /// <summary>The server copies a frame to what it has to send, so that the same bytes serve all; it waits only for a client that does not read.</summary>
    private async Task WriteAsync(ReadOnlyMemory<byte> frame) => await body.WriteAsync(frame, CancellationToken.None);
}
