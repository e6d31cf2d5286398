using System.Diagnostics;
using Concert.Booking.Ports;

namespace Concert.Api.Requests;

/// <summary>The caller and the terms of the call: the first argument of every operation, filled in by the filters before its handler runs.</summary>
internal sealed class Call
{
    private Call(HttpContext http) => Http = http;

    public HttpContext Http { get; }

    /// <summary>The genuine token that came with the call, if one did.</summary>
    public TokenClaims? Claims { get; set; }

    /// <summary>That token as it was sent.</summary>
    public string? Token { get; set; }

    /// <summary>The platform's user; null where there is no platform.</summary>
    public string? PlatformUser { get; set; }

    public string? IdempotencyKey { get; set; }

    /// <summary>Set when the token has ended, so that only the answer to an earlier call under the same key may still be given.</summary>
    public Refusal? OnlyRepeats { get; set; }

    public CancellationToken Aborted => Http.RequestAborted;

    public IHeaderDictionary ResponseHeaders => Http.Response.Headers;

    /// <summary>Called by the framework for the first parameter of a handler.</summary>
    public static ValueTask<Call?> BindAsync(HttpContext context) => new(new Call(context));

    /// <summary>The caller, once the operation's access established one.</summary>
    public Caller Caller() => CallerFor(Claims?.UserId ?? PlatformUser ?? throw new InvalidOperationException("The operation's access establishes no user."));

    /// <summary>A caller whose user the request names, after <see cref="NotNamedUser"/> had nothing against it.</summary>
    public Caller CallerFor(string userId) => new(userId, IdempotencyKey, Claims, Activity.Current?.Id);

    /// <summary>
    /// Validates a userId in the request. Null when it is well-formed and, behind a platform, that of the signed-in user; who the platform knows need not say it.
    /// </summary>
    /// <param name="given">As the request has it.</param>
    /// <param name="userId">In the one form of it, when nothing is wrong.</param>
    public Problem? NotNamedUser(string? given, out string userId)
    {
        var read = Text.ReadUserId(given ?? PlatformUser);
        userId = read.IsRefused(out var refusal) ? "" : read.Value;
        return refusal is not null ? Problem.From(refusal)
            : PlatformUser is not null && PlatformUser != userId ? Problem.From(Refusal.NotYours("user"))
            : null;
    }

    /// <summary>Says where the outcome of what was accepted can be read, and when to look first.</summary>
    public void Accepted(string route)
    {
        ResponseHeaders.Location = $"{Http.Request.PathBase.ToUriComponent()}/{route}";
        ResponseHeaders.RetryAfter = "1";
    }
}
