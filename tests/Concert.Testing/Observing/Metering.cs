using System.Diagnostics.Metrics;
using Concert.Booking.Telemetry;

namespace Concert.Testing.Observing;

/// <summary>Adds up one counter of this flow of calls; other tests run beside it.</summary>
public sealed class Metering : IDisposable
{
    private static readonly AsyncLocal<Metering?> Current = new();

    private readonly MeterListener _listener = new();
    private long _count;

    public Metering(string instrument, string? tag = null)
    {
        Current.Value = this;
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter == BookingTelemetry.Meter && published.Name == instrument)
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var said = tag is null;
            foreach (var (_, text) in tags)
            {
                said |= text as string == tag;
            }

            if (Current.Value == this && said)
            {
                Interlocked.Add(ref _count, value);
            }
        });
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose()
    {
        _listener.Dispose();
        Current.Value = null;
    }
}
