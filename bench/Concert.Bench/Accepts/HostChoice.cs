namespace Concert.Bench.Accepts;

/// <summary>The host to measure, so that two builds or two settings can be.</summary>
/// <param name="Program">Another build's <c>ConcertFunctions.Local.dll</c>; null for the one beside this program.</param>
/// <param name="Settings">Environment variables for it, as <c>NAME=value</c>.</param>
internal sealed record HostChoice(string? Program, IReadOnlyList<string> Settings);
