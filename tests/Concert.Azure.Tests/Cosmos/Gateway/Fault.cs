namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>What goes wrong with a request for documents.</summary>
internal abstract record Fault
{
    /// <summary>The service answers with this status and does nothing.</summary>
    public sealed record Answers(int Status, int SubStatus = 0, int? RetryAfterMilliseconds = null) : Fault;

    /// <summary>The batch is rolled back because of one operation's status.</summary>
    public sealed record FailsOperation(int Index, int Status, int RetryAfterMilliseconds = 0) : Fault;

    /// <summary>The service does it, and the connection breaks before the answer.</summary>
    public sealed record LosesAnswer : Fault;

    /// <summary>The service does it, and never answers.</summary>
    public sealed record DoesAndHangs : Fault;

    /// <summary>The service never sees it and never answers.</summary>
    public sealed record Hangs : Fault;

    /// <summary>No connection comes about.</summary>
    public sealed record Refuses(HttpRequestError Error = HttpRequestError.ConnectionError) : Fault;

    /// <summary>The connection breaks while the request is sent; the service did nothing.</summary>
    public sealed record BreaksBefore : Fault;
}
