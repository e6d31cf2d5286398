using System.Diagnostics.Metrics;

namespace Concert.Azure.Cosmos;

/// <summary>The cost of one request.</summary>
/// <param name="Operation">read, read-many, query, query-due, scan or commit.</param>
/// <param name="Container">The container's name.</param>
/// <param name="Units">Request units.</param>
public readonly record struct RequestCharge(string Operation, string Container, double Units);

/// <summary>Records request charges as the histogram <c>concert.cosmos.request_charge</c>, and tells an observer.</summary>
public sealed class RequestCharges(Action<RequestCharge>? observer = null) : IDisposable
{
    public const string MeterName = "Concert.Booking";
    public const string InstrumentName = "concert.cosmos.request_charge";

    private readonly Meter _meter = new(MeterName);
    private Histogram<double>? _histogram;

    public void Record(RequestCharge charge)
    {
        _histogram ??= _meter.CreateHistogram<double>(InstrumentName, "{request_unit}", "Request units of a call to Cosmos DB.");
        _histogram.Record(
            charge.Units, new KeyValuePair<string, object?>("operation", charge.Operation), new KeyValuePair<string, object?>("container", charge.Container));
        observer?.Invoke(charge);
    }

    public void Dispose() => _meter.Dispose();
}
