using System.Text.Json.Serialization.Metadata;
using Concert.Api.Responses;
using Concert.Booking.Shared;

namespace Concert.Api;

/// <summary>Who may call an operation. What it needs is established before its handler runs.</summary>
public enum Access
{
    Anonymous,

    /// <summary>The request names its user; where the platform knows one, it must be the same.</summary>
    NamedUser,

    /// <summary>A genuine queue token, or the platform's identity.</summary>
    Known,

    /// <summary>A genuine queue token, in whatever state.</summary>
    Token,

    /// <summary>An ACTIVE queue token of the room; the handler asks <see cref="ApiCall.NotAdmittedAsync"/> once it knows which room.</summary>
    Admitted,

    Admin,
}

/// <summary>A parameter in the route or query, or a header, as the contract document describes it.</summary>
public sealed record ApiParameter(string Name, string In, bool Required, string Description, string Example)
{
    public int MaxLength { get; init; } = ApiLimits.IdLength;

    /// <summary>Set for an integer.</summary>
    public (int Min, int Max)? Range { get; init; }

    /// <summary>Set when only these are allowed.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }
}

/// <summary>A JSON body: its type, and examples by name, which are values of that type and so cannot drift from it.</summary>
public sealed record ApiBody(JsonTypeInfo Type, params IReadOnlyList<(string Name, object Value)> Examples);

/// <summary>One operation of the HTTP API: its contract and what runs.</summary>
public sealed record ApiOperation
{
    /// <summary>The operationId; also the name of the Azure function.</summary>
    public required string Name { get; init; }

    public required string Method { get; init; }

    /// <summary>Whole, without a leading slash: <c>api/reservation/{id}</c>.</summary>
    public required string Route { get; init; }

    /// <summary>Further routes of the same operation.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public required Access Access { get; init; }

    public required string Tag { get; init; }

    public required string Summary { get; init; }

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    public ApiBody? Request { get; init; }

    public int SuccessStatus { get; init; } = 200;

    /// <summary>Null when there is no body, or one that is not JSON.</summary>
    public ApiBody? Response { get; init; }

    /// <summary>Headers of the success that the contract promises.</summary>
    public IReadOnlyList<string> ResponseHeaders { get; init; } = [];

    /// <summary>What this operation itself may refuse with; what its <see cref="Access"/> and form add is not repeated here.</summary>
    public IReadOnlyList<RefusalCode> Errors { get; init; } = [];

    /// <summary>Refusals that come later, in the <c>reason</c> of what was accepted.</summary>
    public IReadOnlyList<RefusalCode> LaterErrors { get; init; } = [];

    /// <summary>Health and documents: served also when the service is full, and not part of the business contract.</summary>
    public bool IsSystem { get; init; }

    public required Func<ApiCall, Task<ApiReply>> Handler { get; init; }

    public bool IsCommand => Method is "POST" or "DELETE" && !IsSystem;

    public IEnumerable<string> Routes => [Route, .. Aliases];
}
