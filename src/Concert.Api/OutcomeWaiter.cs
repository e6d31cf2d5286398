using Concert.Booking.Ports;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Concert.Api;

/// <summary><c>Prefer: wait=N</c>: looks again, less and less often, until there is an outcome or the time is up.</summary>
internal sealed class OutcomeWaiter(TimeProvider time, IOptions<ApiOptions> options)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    private int _waiting;

    /// <summary>
    /// The newest view. Preference-Applied says the seconds that were granted: none when none were asked for, or when too many wait already.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="caller">Who may read it.</param>
    /// <param name="first">The view that there is already.</param>
    /// <param name="id">What to read.</param>
    /// <param name="isFinal">Whether a view, compared with the first, is an outcome.</param>
    /// <param name="read">Reads again.</param>
    public async Task<T> WaitAsync<T>(
        Call call, Caller caller, T first, string id, Func<T, T, bool> isFinal, Func<Caller, string, CancellationToken, Task<Result<T>>> read)
    {
        if (Preference.WaitSeconds(call.Http.Request.Headers) is not { } seconds)
        {
            return first;
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Value.MaxWaitingRequests)
            {
                return first;
            }

            var view = await PollAsync(first, TimeSpan.FromSeconds(seconds), isFinal, () => read(caller, id, call.Aborted), call.Aborted);
            call.ResponseHeaders["Preference-Applied"] = $"wait={seconds}";
            return view;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<T> PollAsync<T>(T first, TimeSpan wait, Func<T, T, bool> isFinal, Func<Task<Result<T>>> read, CancellationToken aborted)
    {
        var start = time.GetTimestamp();
        var view = first;
        for (var delay = FirstDelay; !isFinal(first, view); delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks)))
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

/// <summary>The <c>Prefer</c> header (RFC 7240). What is malformed or unknown is ignored, as preferences may be.</summary>
internal static class Preference
{
    /// <summary>The seconds of the first well-formed <c>wait=N</c>, at most <see cref="ApiLimits.MaxWaitSeconds"/>; null without one.</summary>
    public static int? WaitSeconds(IHeaderDictionary headers)
    {
        foreach (var line in headers["Prefer"])
        {
            foreach (var preference in new StringTokenizer(line ?? "", [',']))
            {
                // "wait=5; foo" has parameters that mean nothing here.
                var parts = new StringTokenizer(preference, [';']).First().Split(['=']).Take(2).ToArray();
                if (parts.Length == 2
                    && parts[0].Trim().Equals("wait", StringComparison.OrdinalIgnoreCase)
                    && Seconds(parts[1].Trim()) is { } seconds)
                {
                    return seconds;
                }
            }
        }

        return null;
    }

    private static int? Seconds(StringSegment text)
    {
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"')
        {
            text = text.Subsegment(1, text.Length - 2);
        }

        if (text.Length is 0 or > 9)
        {
            return null;
        }

        return int.TryParse(text.AsSpan(), System.Globalization.NumberStyles.None, null, out var seconds)
            ? Math.Min(seconds, ApiLimits.MaxWaitSeconds)
            : null;
    }
}
