namespace Concert.Api.OpenApi;

/// <summary>A value of a body's type with its name, so that it cannot drift from the type.</summary>
internal readonly record struct Example(string Name, object Value);

/// <summary>A text of another media type than JSON.</summary>
internal readonly record struct OtherMedia(string MediaType, string Example);

/// <summary>A parameter in the route or query, or a header.</summary>
internal sealed record Parameter(string Name, string In, bool Required, string Description, string Example)
{
    public int MaxLength { get; init; } = ApiLimits.IdLength;

    /// <summary>Set for an integer.</summary>
    public (int Min, int Max)? Range { get; init; }

    /// <summary>Set when only these are allowed.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }
}

/// <summary>Describes an operation in the OpenAPI document beyond what its endpoint's types and name express.</summary>
internal sealed record OperationContract
{
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public IReadOnlyList<Example> Requests { get; init; } = [];

    public IReadOnlyList<Example> Responses { get; init; } = [];

    /// <summary>Other forms of the success, for those who ask for them with <c>Accept</c>: what they look like, out of the envelope.</summary>
    public IReadOnlyList<OtherMedia> OtherMedia { get; init; } = [];

    /// <summary>Headers of the success.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The refusals of this operation itself; those of its access and form are added elsewhere.</summary>
    public IReadOnlyList<RefusalCode> Errors { get; init; } = [];

    /// <summary>Refusals that come later, in the <c>reason</c> of what was accepted.</summary>
    public IReadOnlyList<RefusalCode> LaterErrors { get; init; } = [];
}

/// <summary>Parameters that several operations share.</summary>
internal static class Parameters
{
    public static IReadOnlyList<Parameter> Paging { get; } =
    [
        new("continuation", "query", false, "The continuation from the previous page.", Examples.Continuation) { MaxLength = ApiLimits.ContinuationLength },
        new("limit", "query", false, "Items per page; 20 by default.", "20") { Range = (1, ApiLimits.MaxPage) },
    ];

    public static Parameter Wait { get; } =
        new("Prefer", "header", false, "`wait=N`: waits up to N seconds (at most 10) for the outcome.", "wait=5");

    public static Parameter IdempotencyKey { get; } =
        new(Filters.IdempotencyKeyFilter.Header, "header", false, "The same key from the same user gives the same result and one effect.", Examples.Key)
        {
            MaxLength = ApiLimits.IdempotencyKeyLength,
        };

    public static Parameter UserId { get; } =
        new("userId", "query", true, "The user. Behind a sign-in platform, the signed-in user; it may be left out there.", Examples.User) { MaxLength = ApiLimits.UserIdLength };

    public static Parameter Id(string what, string example) => new("id", "path", true, $"The {what}'s id.", example);
}
