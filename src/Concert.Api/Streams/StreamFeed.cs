using System.Collections.Concurrent;
using Concert.Booking.Availability;
using Concert.Booking.Ports;
using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Api.Streams;

/// <summary>
/// Feeds all open streams from one timer: no stream has a task or a timer of its own. Each beat writes what has changed, heartbeats where nothing was
/// written for a while, and ends what has lived long enough. Beside it, it looks where the streams' tokens stand, as often as their clients would poll: that
/// is the poll that keeps a place in line.
/// </summary>
internal sealed partial class StreamFeed(
    IQueueUseCases queue,
    ISeatMaps maps,
    WatchedSchedules watches,
    IRandomSource random,
    TimeProvider time,
    IOptions<StreamOptions> options,
    IHostApplicationLifetime host,
    ILogger<StreamFeed> log) : BackgroundService, IOpenStreams
{
    /// <summary>Looks at tokens at once: those that wait for the room's disk wait together.</summary>
    private const int LooksAtOnce = 500;

    private const int WritesAtOnce = 250;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    /// <summary>A client that takes nothing for so long is dropped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How often to look at an active token, which ends by what its user does; and when its time is over.</summary>
    private static readonly TimeSpan ActiveRound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>As old as an instance's schedule may be.</summary>
    private static readonly TimeSpan OutlineRound = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<EventStream, bool> _streams = new();
    private readonly ConcurrentDictionary<Guid, int> _ofToken = new();
    private Task _looking = Task.CompletedTask;

    /// <inheritdoc />
    public int Count => _streams.Count;

    /// <summary>A timestamp of the clock that streams are fed by.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>When a stream that begins now is to end.</summary>
    public long EndOfLife() => Later(options.Value.Lifetime * (1 - (0.2 * random.NextDouble())));

    /// <summary>Counts one more stream of a token, or says why not. Where it does not, <see cref="Release"/> has to follow.</summary>
    public Refusal? Reserve(TokenClaims claims)
    {
        if (_ofToken.AddOrUpdate(claims.Id, 1, static (_, count) => count + 1) <= options.Value.MaxPerToken)
        {
            return null;
        }

        Release(claims);
        return new Refusal(RefusalCode.TooManyRequests, $"This queue token has {options.Value.MaxPerToken} streams open already.", AfterFault);
    }

    public void Release(TokenClaims claims)
    {
        // No count of nothing stays: there is one for each token that has a stream.
        while (_ofToken.TryGetValue(claims.Id, out var count)
            && !(count > 1 ? _ofToken.TryUpdate(claims.Id, count - 1, count) : _ofToken.TryRemove(new(claims.Id, count))))
        {
        }
    }

    /// <summary>Feeds a stream from now on, until <see cref="Remove"/>.</summary>
    /// <param name="stream">The stream, which has said what is known.</param>
    /// <param name="known">Where its token stands.</param>
    public void Add(EventStream stream, QueueAnswer known)
    {
        stream.LookAt = NextLook(known);
        _streams[stream] = true;
        if (host.ApplicationStopping.IsCancellationRequested)
        {
            stream.End();
        }
    }

    public void Remove(EventStream stream) => _streams.TryRemove(stream, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // When the host stops, not when this service does: the server waits for open requests first.
        await using var stopping = host.ApplicationStopping.Register(EndAll);
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await PulseAsync();
                if (_looking.IsCompleted)
                {
                    _looking = LookAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task PulseAsync()
    {
        foreach (var watch in watches.All)
        {
            watch.Revise();
        }

        var now = time.GetTimestamp();
        var written = 0;
        foreach (var (stream, _) in _streams)
        {
            var isWritten = false;
            if (now >= stream.EndsAt || (stream.IsBlocked && Since(stream.WrittenAt, now) > Patience))
            {
                stream.End();
            }
            else if (stream.Watch is { } watch && watch.Revision is var revision && watch.EventAfter(stream.Seen) is { } change)
            {
                isWritten = stream.TryWrite(change, now);
                stream.Seen = isWritten ? revision : stream.Seen;
            }
            else if (Since(stream.WrittenAt, now) >= options.Value.Heartbeat)
            {
                isWritten = stream.TryWrite(Frames.Heartbeat, now);
            }

            if (isWritten && ++written % WritesAtOnce == 0)
            {
                // Lets the server send them: it has a buffer of 4 KB for each until then.
                await Task.Yield();
            }
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var now = time.GetTimestamp();

        // Whoever takes nothing is not there to wait in line.
        foreach (var due in _streams.Select(open => open.Key).Where(stream => now >= stream.LookAt && !stream.IsBlocked).Chunk(LooksAtOnce))
        {
            await Task.WhenAll(due.Select(stream => LookAsync(stream, stopping)));
        }

        foreach (var watch in watches.All.Where(watch => now >= watch.LookAt))
        {
            await LookAsync(watch, stopping);
        }
    }

    private async Task LookAsync(EventStream stream, CancellationToken stopping)
    {
        try
        {
            var looked = await queue.CheckAsync(stream.Claims, "", stopping);
            if (looked.IsRefused(out var refusal))
            {
                stream.LookAt = Later(refusal.RetryAfter ?? AfterFault);
                return;
            }

            stream.LookAt = NextLook(looked.Value);
            var place = PlaceInLine.Of(looked.Value);
            if (looked.Value.HasEnded)
            {
                stream.End(Frames.Of(Frames.EndedEvent, place));
            }
            else if (!place.IsAs(stream.Told) && stream.TryWrite(Frames.Of(Frames.LineEvent, place), time.GetTimestamp()))
            {
                stream.Told = place;
            }
        }
        catch (StoreUnavailableException)
        {
            // Of no concern to who waits: the place is kept, as nobody can poll meanwhile.
            stream.LookAt = Later(AfterFault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LookFailed(log, fault);
            stream.LookAt = Later(AfterFault);
        }
    }

    private async Task LookAsync(WatchedSchedule watch, CancellationToken stopping)
    {
        watch.LookAt = Later(OutlineRound);
        try
        {
            var outline = await maps.OutlineAsync(watch.ScheduleId, stopping);
            if (!outline.IsRefused(out _))
            {
                watch.Look(outline.Value);
            }
        }
        catch (StoreUnavailableException)
        {
            // The next round looks again.
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LookFailed(log, fault);
        }
    }

    private void EndAll()
    {
        foreach (var (stream, _) in _streams)
        {
            stream.End();
        }
    }

    private long NextLook(QueueAnswer answer)
    {
        var left = answer.View.ExpiresAt - time.GetUtcNow();
        return Later(answer.AskAgainAfter ?? (left < ActiveRound ? left.Value : ActiveRound));
    }

    private long Later(TimeSpan after) => time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency);

    private TimeSpan Since(long then, long now) => time.GetElapsedTime(then, now);

    [LoggerMessage(1, LogLevel.Error, "A look for the open streams failed; the next round looks again")]
    private static partial void LookFailed(ILogger logger, Exception exception);
}
