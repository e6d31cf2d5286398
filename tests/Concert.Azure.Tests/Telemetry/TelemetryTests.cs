using System.Diagnostics;
using Azure.Monitor.OpenTelemetry.Exporter;
using Concert.Azure.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;
using Source = Concert.Booking.Telemetry.BookingTelemetry;

namespace Concert.Azure.Tests.Telemetry;

/// <summary>What really arrives at Application Insights: the alerts and the workbook ask for it by these names.</summary>
public sealed class TelemetryTests : IAsyncDisposable
{
    private readonly Ingestion _ingestion = new();
    private readonly AnyCredential _credential = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _ingestion.DisposeAsync();

    [Fact]
    public async Task Metrics_OfTheService_ArriveUnderTheirOwnNames()
    {
        await RunAsync(_ =>
        {
            Source.DeadLetters.Add(2);
            Source.DeadLetters.Add(3);
            Source.OutcomeDuration.Record(0.5, new KeyValuePair<string, object?>("command", "telemetry-tests"));
            Source.OutcomeDuration.Record(1.5, new KeyValuePair<string, object?>("command", "telemetry-tests"));
            Source.TokensWaiting.Record(7);
        });

        // Counter: what was added, as Sum. Histogram: Sum and ItemCount, whose quotient the alert takes the percentile of. Gauge: the last value.
        ((double)_ingestion.Metric("concert.commands.dead_letters").ShouldHaveSingleItem()["value"]!).ShouldBe(5);
        var duration = _ingestion.Metric("concert.outcome.duration").ShouldHaveSingleItem();
        ((double)duration["value"]!, (int)duration["count"]!, (double)duration["max"]!).ShouldBe((2, 2, 1.5));
        ((double)_ingestion.Metric("concert.tokens.waiting").ShouldHaveSingleItem()["value"]!).ShouldBe(7);
        _ingestion.Of("MetricData").ShouldContain(d => (string?)d["properties"]!["command"] == "telemetry-tests");
    }

    [Fact]
    public async Task Traces_OfTheService_ArriveAllWithTheExceptionsInsideThem()
    {
        const int many = 50;
        await RunAsync(services =>
        {
            var log = services.GetRequiredService<ILogger<Handler>>();
            for (var i = 0; i < many; i++)
            {
                using var activity = Source.Source.StartActivity("telemetry-tests", ActivityKind.Consumer);
                activity.ShouldNotBeNull().SetTag("command", "pay");
                log.LogError(new InvalidOperationException("of the test"), "It broke.");
            }
        });

        _ingestion.Of("RequestData").Count(r => (string?)r["name"] == "telemetry-tests").ShouldBe(many, "nothing is sampled");
        _ingestion.Of("ExceptionData").Count(e => (string?)e["exceptions"]![0]!["message"] == "of the test").ShouldBe(many);
        var trace = _ingestion.Items.First(i => (string?)i["data"]!["baseType"] == "ExceptionData");
        ((string?)trace["tags"]!["ai.operation.id"]).ShouldNotBeNullOrEmpty();
    }

    /// <summary>The resource takes no keys: local authentication is off. The exporter signs in over TLS only, so that nothing arrives here.</summary>
    [Theory]
    [InlineData("ClientId=some;Authorization=AAD", true)]
    [InlineData("", false)]
    public async Task Identity_WhereTheSettingAsksForIt_IsTheExporters(string setting, bool signsIn)
    {
        await RunAsync(
            services => services.GetRequiredService<IOptions<AzureMonitorExporterOptions>>().Value.Credential.ShouldBe(signsIn ? _credential : null),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", setting));

        _ingestion.Items.IsEmpty.ShouldBe(signsIn);
    }

    [Fact]
    public void Telemetry_WithoutAConnectionString_IsNotThere()
    {
        var services = new ServiceCollection();

        services.AddConcertTelemetry(new ConfigurationBuilder().Build(), _credential).ShouldBeNull();

        services.ShouldBeEmpty();
    }

    private async Task RunAsync(Action<IServiceProvider> act, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
        [
            // A key of its own: the exporter keeps one transmitter a connection string for the life of the process, with or without an identity.
            new("APPLICATIONINSIGHTS_CONNECTION_STRING", $"InstrumentationKey={Guid.NewGuid():D};IngestionEndpoint={_ingestion.Address};LiveEndpoint={_ingestion.Address}"),
            .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)),
        ]);
        builder.Services.AddConcertTelemetry(builder.Configuration, _credential).ShouldNotBeNull();
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        act(host.Services);

        // The stop sends what waits.
        await host.StopAsync(Cancel);
    }

    private sealed class Handler;
}
