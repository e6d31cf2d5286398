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
    .AddHostedService<MetricsToApplicationInsights>();

builder.Services.AddConcertBooking(builder.Configuration).AddConcertApi(builder.Configuration);
var wrong = Backend.Add(builder.Services, builder.Configuration);
if (wrong.Count > 0)
{
    foreach (var line in wrong)
    {
        await Console.Error.WriteLineAsync(line);
    }

    return 2;
}

await builder.Build().RunAsync();
return 0;
