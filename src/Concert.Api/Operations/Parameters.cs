namespace Concert.Api.Operations;

/// <summary>Parameters that several operations share.</summary>
internal static class Parameters
{
    public static IReadOnlyList<ApiParameter> Paging { get; } =
    [
        new("continuation", "query", false, "The continuation of the page before.", "bzpuZXh0") { MaxLength = ApiLimits.ContinuationLength },
        new("limit", "query", false, "Items on a page; 20 without it.", "20") { Range = (1, ApiLimits.MaxPage) },
    ];

    public static ApiParameter Wait { get; } =
        new("Prefer", "header", false, "`wait=N`: waits up to N seconds (at most 10) for the outcome.", "wait=5");

    public static ApiParameter IdempotencyKey { get; } =
        new("Idempotency-Key", "header", false, "The same key from the same user gives the same result and one effect.", "9f1c1a52-1")
        {
            MaxLength = ApiLimits.IdempotencyKeyLength,
        };

    public static ApiParameter UserId { get; } =
        new("userId", "query", true, "The user, who must be the platform's where there is one.", Examples.User) { MaxLength = ApiLimits.UserIdLength };

    public static ApiParameter Id(string what, string example) => new("id", "path", true, $"The {what}'s id.", example);
}
