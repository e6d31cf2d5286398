using Concert.Api;
using Concert.Azure;
using Concert.Azure.Telemetry;
using Concert.Booking;
using Concert.Booking.Settings;
using ConcertFunctions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();

// Else ASP.NET Core alone writes six lines a request, which the host passes on and keeps.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);

// Tells the host, too, that the worker sends its own logs.
builder.Services.AddConcertTelemetry(builder.Configuration, AzureIdentity.Of(builder.Configuration))?.UseFunctionsWorkerDefaults();
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
