using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;
using Concert.Booking.WaitingRoom;
using Microsoft.AspNetCore.Http;

namespace Concert.Api;

/// <summary>One request on its way through its operation.</summary>
public sealed class ApiCall
{
    private readonly RouteMatch _match;

    internal ApiCall(HttpContext http, ApiOperation operation, RouteMatch match, ApiUseCases useCases)
    {
        Http = http;
        Operation = operation;
        _match = match;
        UseCases = useCases;
    }

    public HttpContext Http { get; }

    public ApiOperation Operation { get; }

    public ApiUseCases UseCases { get; }

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The whole route that was asked for, without slashes around it.</summary>
    public string Path => _match.Path;

    /// <summary>The genuine token that came with the call, if one did.</summary>
    public TokenClaims? Claims { get; internal set; }

    /// <summary>That token as it was sent.</summary>
    public string? Token { get; internal set; }

    /// <summary>The platform's user; null where there is no platform.</summary>
    public string? PlatformUser { get; internal set; }

    public string? IdempotencyKey { get; internal set; }

    /// <summary>Whether the room was asked; the dispatcher lets no success out of an <see cref="Access.Admitted"/> operation without it.</summary>
    internal bool AdmissionChecked { get; private set; }

    /// <summary>The caller, once the operation's access established one.</summary>
    public Caller Caller() => CallerFor(
        Claims?.UserId ?? PlatformUser ?? throw new InvalidOperationException($"{Operation.Name} has no user."));

    /// <summary>A caller whose user the request names, after <see cref="NotNamedUser"/> had nothing against it.</summary>
    public Caller CallerFor(string userId) => new(userId, IdempotencyKey, Claims, Activity.Current?.Id);

    /// <summary>What is wrong with a userId that the request names; null when it is well-formed and, where there is a platform, its user.</summary>
    public Problem? NotNamedUser(string? userId) =>
        Text.WrongId("userId", userId, ApiLimits.UserIdLength)
        ?? (PlatformUser is not null && PlatformUser != userId ? Problem.From(Refusal.NotYours("user")) : null);

    /// <summary>Asks the waiting room; null when the token is ACTIVE there.</summary>
    public async Task<Refusal?> NotAdmittedAsync(string? concertId)
    {
        AdmissionChecked = true;
        return await UseCases.Queue.RequireActiveAsync(Claims!, concertId, Aborted);
    }

    /// <summary>
    /// Looks for the answer to an earlier call with this Idempotency-Key, when there is a key. For a client that lost an answer and repeats the call
    /// after its token has ended.
    /// </summary>
    public Task<Result<T>?> RepeatedAsync<T>(Func<Task<Result<T>?>> find) => IdempotencyKey is null ? Task.FromResult<Result<T>?>(null) : find();

    /// <summary>The body, read and checked for its form.</summary>
    public Task<Input<T>> ReadAsync<T>(JsonTypeInfo<T> type)
        where T : class => BodyReader.ReadAsync(Http.Request, type, Aborted);

    /// <summary>A route value that is an id.</summary>
    public Input<string> RouteId(string name)
    {
        var value = _match.Value(name, Http);
        return Text.WrongId(name, value) is { } wrong ? wrong : value!;
    }

    /// <summary>A query parameter, given at most once; null when absent.</summary>
    public Input<string?> Query(string name)
    {
        var values = Http.Request.Query[name];
        return values.Count > 1 ? Problem.Invalid($"{name} is given more than once.") : values.FirstOrDefault();
    }

    /// <summary>A query parameter that is an id and must be there.</summary>
    public Input<string> QueryId(string name)
    {
        var value = Query(name);
        return value.IsRefused(out var problem) || (problem = Text.WrongId(name, value.Value)) is not null ? problem : value.Value!;
    }

    /// <summary><c>?continuation=&amp;limit=</c></summary>
    public Input<(string? Continuation, int Limit)> Page()
    {
        var continuation = Query("continuation");
        var limit = Query("limit");
        if (continuation.IsRefused(out var problem) || limit.IsRefused(out problem))
        {
            return problem;
        }

        if (continuation.Value is { } token && (problem = Text.WrongId("continuation", token, ApiLimits.ContinuationLength)) is not null)
        {
            return problem;
        }

        var count = ApiLimits.DefaultPage;
        if (limit.Value is { } text
            && (!int.TryParse(text, System.Globalization.NumberStyles.None, null, out count) || count is < 1 or > ApiLimits.MaxPage))
        {
            return Problem.Invalid($"limit must be 1 to {ApiLimits.MaxPage}.");
        }

        return (continuation.Value, count);
    }
}
