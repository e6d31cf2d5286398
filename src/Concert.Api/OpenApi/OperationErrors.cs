using Concert.Api.Responses;
using Concert.Booking.Shared;

namespace Concert.Api.OpenApi;

/// <summary>Every failure an operation can answer with: its own, and what its access and form bring along.</summary>
internal static class OperationErrors
{
    public static IReadOnlyList<Problem> Of(ApiOperation operation)
    {
        IEnumerable<RefusalCode> codes = operation.IsSystem
            ? operation.Errors
            : [.. OfAccess(operation.Access), .. OfForm(operation), .. operation.Errors, RefusalCode.TooManyRequests, RefusalCode.Unavailable];
        return
        [
            .. codes.Distinct().Select(code => Problem.From(new Refusal(code, Problems.TitleOf(code)))),
            .. operation.Request is null ? Array.Empty<Problem>() : [Problem.BodyTooLarge, Problem.NotJson],
            Problem.Internal,
        ];
    }

    private static IEnumerable<RefusalCode> OfAccess(Access access) => access switch
    {
        Access.NamedUser => [RefusalCode.NoToken],
        Access.Known or Access.Token => [RefusalCode.NoToken, RefusalCode.BadToken, RefusalCode.TokenExpired],
        Access.Admitted => [RefusalCode.NoToken, RefusalCode.BadToken, RefusalCode.TokenExpired, RefusalCode.NotAdmitted],
        Access.Admin => [RefusalCode.NoToken, RefusalCode.BadToken],
        _ => [],
    };

    private static IEnumerable<RefusalCode> OfForm(ApiOperation operation)
    {
        if (operation.Request is not null || operation.Parameters.Count > 0 || operation.Access != Access.Anonymous)
        {
            yield return RefusalCode.InvalidRequest;
        }

        if (operation.Parameters.Any(p => p.Name == Requests.IdempotencyKeyHeader.Name))
        {
            yield return RefusalCode.IdempotencyMismatch;
        }
    }
}
