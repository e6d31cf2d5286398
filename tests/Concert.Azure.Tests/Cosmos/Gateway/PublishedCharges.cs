namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>
/// Request units computed from published rules, not measured: a point read of 1 KB is 1 RU and of 100 KB 10 RU; a create of 1 KB without indexes
/// is about 5.5 RU and of 100 KB 50 RU; a replace is two creates; a patch is charged like a replace; a query begins at 2.82 RU; a batch is the sum.
/// Three things have no published figure and are assumptions here: an indexed value, a refused operation, and a kilobyte of a query's answer.
/// </summary>
internal static class PublishedCharges
{
    private const double IndexedValue = 0.25;
    private const double QueryBase = 2.82;
    private const double QueryPerKilobyte = 0.05;

    /// <summary>409, 404 and 412 cost about what finding the document costs.</summary>
    public const double Refused = 1.24;

    public static double Read(int size) => Round(Grown(1, 10, size));

    public static double Create(GatewayDocument document, GatewayContainer container) =>
        Round(Grown(5.5, 50, document.Size) + (IndexedValue * IndexedValues(document, container)));

    public static double Replace(GatewayDocument document, GatewayContainer container) => Round(2 * Create(document, container));

    public static double Delete(GatewayDocument document, GatewayContainer container) => Create(document, container);

    public static double Query(IEnumerable<GatewayDocument> answer) => Round(QueryBase + (answer.Sum(document => document.Size) / 1024.0 * QueryPerKilobyte));

    private static double Grown(double atOne, double atHundred, int size) => atOne + (Math.Max(0, (size / 1024.0) - 1) * (atHundred - atOne) / 99);

    private static int IndexedValues(GatewayDocument document, GatewayContainer container) =>
        container.Definition["indexingPolicy"]!["includedPaths"]!.AsArray()
            .Select(path => path!["path"]!.GetValue<string>().Trim('/', '?').TrimEnd('/'))
            .Count(document.Json.ContainsKey);

    private static double Round(double units) => Math.Round(units, 2);
}
