using System.Diagnostics;
using Concert.Booking.Shared;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.Extensions.Hosting;

namespace ConcertFunctions.Azure;

/// <summary>
/// Hands the activities of the source <c>Concert.Booking</c> to Application Insights, which collects none but the platform's by itself. Without a listener
/// they would not even start, and a handler's logs and exceptions would miss the trace of the call that sent its command.
/// </summary>
internal sealed class TracesToApplicationInsights(TelemetryClient client) : IHostedService, IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == Telemetry.Name,
        Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = activity => client.TrackDependency(ToTelemetry(activity)),
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private static DependencyTelemetry ToTelemetry(Activity activity)
    {
        var telemetry = new DependencyTelemetry
        {
            Id = activity.SpanId.ToHexString(),
            Name = activity.DisplayName,
            Type = "InProc",
            Timestamp = new DateTimeOffset(activity.StartTimeUtc),
            Duration = activity.Duration,
            Success = activity.Status != ActivityStatusCode.Error,
        };
        telemetry.Context.Operation.Id = activity.TraceId.ToHexString();
        telemetry.Context.Operation.ParentId = activity.ParentSpanId.ToHexString();
        foreach (var (name, value) in activity.Tags)
        {
            telemetry.Properties[name] = value;
        }

        return telemetry;
    }
}
