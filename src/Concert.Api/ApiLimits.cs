namespace Concert.Api;

/// <summary>A limit for everything that comes in; the contract document says the same numbers.</summary>
public static class ApiLimits
{
    public const int BodyBytes = 64 * 1024;

    /// <summary>Of a body in which staff describe a house seat by seat.</summary>
    public const int PlanBytes = 2 * 1024 * 1024;

    /// <summary>Path and query as they were sent.</summary>
    public const int TargetLength = 8 * 1024;

    /// <summary>Names and values of all headers together, in characters.</summary>
    public const int HeadersLength = 16 * 1024;

    public const int HeaderCount = 64;

    /// <summary>An id in a route, query or body.</summary>
    public const int IdLength = 256;

    /// <summary>In code points of its normalised form.</summary>
    public const int UserIdLength = 64;

    /// <summary>Of a concert, section or inventory, in code points of its normalised form.</summary>
    public const int NameLength = 100;

    /// <summary>Of a grade's code.</summary>
    public const int GradeLength = 20;

    /// <summary>A queue token or admin key.</summary>
    public const int SecretLength = 2048;

    public const int IdempotencyKeyLength = 255;

    public const int ContinuationLength = 1024;

    /// <summary>Ids in one reservation's body; the rule on seats in a reservation is the domain's and lower.</summary>
    public const int IdsPerRequest = 100;

    public const int DefaultPage = 20;

    public const int MaxPage = 100;

    /// <summary>The most that <c>Prefer: wait</c> is honoured, in seconds.</summary>
    public const int MaxWaitSeconds = 10;

    public const int JsonDepth = 16;
}
