using Concert.Api.Requests;
using Concert.Booking.Shared;
using Concert.Booking.Storage;
using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary><c>Prefer: wait=N</c>: looks again, less and less often, until there is an outcome or the time is up.</summary>
internal sealed class OutcomeWaiter(TimeProvider time, IOptions<ApiOptions> options)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    private int _waiting;

    /// <summary>The newest view, and the seconds that were granted (null when none were asked for, or too many wait already).</summary>
    public async Task<(T View, int? Granted)> WaitAsync<T>(ApiCall call, T first, Func<T, bool> isFinal, Func<Task<Result<T>>> read)
    {
        if (Preference.WaitSeconds(call.Http.Request.Headers) is not { } seconds)
        {
            return (first, null);
        }

        try
        {
            return Interlocked.Increment(ref _waiting) > options.Value.MaxWaitingRequests
                ? (first, null)
                : (await PollAsync(first, TimeSpan.FromSeconds(seconds), isFinal, read, call.Aborted), seconds);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<T> PollAsync<T>(T view, TimeSpan wait, Func<T, bool> isFinal, Func<Task<Result<T>>> read, CancellationToken aborted)
    {
        var start = time.GetTimestamp();
        for (var delay = FirstDelay; !isFinal(view); delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks)))
        {
            var left = wait - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await Task.Delay(delay < left ? delay : left, time, aborted);
            try
            {
                // What was accepted stays accepted: a look that fails leaves the answer as it was.
                var looked = await read();
                view = looked.IsRefused(out _) ? view : looked.Value;
            }
            catch (StoreUnavailableException)
            {
            }
        }

        return view;
    }
}
