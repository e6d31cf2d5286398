using Concert.Api;
using Concert.Booking.Shared;
using ConcertFunctions;
using ConcertFunctions.Azure;
using Microsoft.ApplicationInsights.WorkerService;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// Nothing is sampled in the worker, so no exception is ever dropped here; host.json samples the host's own requests and traces.
builder.Services
    .AddApplicationInsightsTelemetryWorkerService((ApplicationInsightsServiceOptions options) => options.EnableAdaptiveSampling = false)
    .ConfigureFunctionsApplicationInsights()
    .AddHostedService<MetricsToApplicationInsights>()
    .AddHostedService<TracesToApplicationInsights>();

builder.Services.AddConcertBooking(builder.Configuration).AddConcertApi(builder.Configuration);
var wrong = Backend.Add(builder.Services, builder.Configuration);
using var host = builder.Build();
IReadOnlyList<string> faults = [.. wrong, .. SettingFaults.Find(host.Services)];
if (faults.Count > 0)
{
    foreach (var fault in faults)
    {
        // The Functions host takes a line for an error only when it says so.
        await Console.Error.WriteLineAsync($"error: {fault}");
    }

    // Not a return: Azure loads the app into a process that is already running, and that one would go on waiting for it.
    Environment.Exit(2);
}

await host.RunAsync();
