using System.Diagnostics.Metrics;
using Concert.Booking.Shared;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.Metrics;
using Microsoft.Extensions.Hosting;

namespace ConcertFunctions.Azure;

/// <summary>Hands the measurements of the meter <c>Concert.Booking</c> to Application Insights, which adds them up each minute: the alerts ask for them there.</summary>
internal sealed class MetricsToApplicationInsights(TelemetryClient client) : IHostedService, IDisposable
{
    private readonly MeterListener _listener = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Track(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Track(instrument, value, tags));
        _listener.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _listener.Dispose();
        await client.FlushAsync(cancellationToken);
    }

    public void Dispose() => _listener.Dispose();

    private void Track(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        switch (tags.Length)
        {
            case 0:
                client.GetMetric(name).TrackValue(value);
                break;
            case 1:
                client.GetMetric(name, tags[0].Key).TrackValue(value, Text(tags[0]));
                break;
            case 2:
                client.GetMetric(name, tags[0].Key, tags[1].Key).TrackValue(value, Text(tags[0]), Text(tags[1]));
                break;
            default:
                client.GetMetric(new MetricIdentifier(MetricIdentifier.DefaultMetricNamespace, name, tags[0].Key, tags[1].Key, tags[2].Key))
                    .TrackValue(value, Text(tags[0]), Text(tags[1]), Text(tags[2]));
                break;
        }
    }

    private static string Text(KeyValuePair<string, object?> tag) => tag.Value?.ToString() is { Length: > 0 } text ? text : "-";
}
