namespace Concert.Api.Responses;

public sealed record Liveness(string Status);

/// <summary>Whether requests can be served now, dependency by dependency.</summary>
public sealed record Readiness(string Status, IReadOnlyList<DependencyHealth> Checks);

/// <summary><see cref="Status"/> is <c>up</c>, <c>down</c> or <c>slow</c> (no answer in time).</summary>
public sealed record DependencyHealth(string Name, string Status, long Milliseconds);
