namespace Concert.Lab.Http;

/// <summary>One round of the sale over HTTP.</summary>
/// <param name="PerSecond">Holds asked for and decided.</param>
/// <param name="P50">Milliseconds to the answer.</param>
/// <param name="P99">The same.</param>
/// <param name="Microseconds">Processor time of service and database a hold.</param>
/// <param name="Refused">Answers that were no success; nobody should be.</param>
internal sealed record HttpRound(double PerSecond, double P50, double P99, double Microseconds, int Refused);

/// <summary>A service under the load, and how it did.</summary>
/// <param name="IsEqualWork">Token, limit per user, lists and history as well.</param>
internal sealed record HttpRow(string Id, string Name, bool IsEqualWork)
{
    public List<HttpRound> Rounds { get; } = [];

    /// <summary>Null while nothing was found wrong.</summary>
    public string? Fault { get; set; }

    public double PerSecond => Running.Spread.Of(Rounds.Select(round => round.PerSecond)).Median;
}
