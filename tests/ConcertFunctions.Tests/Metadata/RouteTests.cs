using Concert.Api;
using Concert.Booking;
using Concert.Embedded;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Shouldly;

namespace ConcertFunctions.Tests.Metadata;

/// <summary>What the host is told about HTTP against the endpoints that the pipeline really has.</summary>
public sealed class RouteTests
{
    private const string Rest = "api/{*path}";

    private static IReadOnlyList<FunctionMetadata> Operations { get; } = [.. BuiltApp.Functions.Where(f => f.TriggerType == "httpTrigger")];

    [Fact]
    public async Task Routes_OfTheBuiltApp_AreExactlyTheEndpointsOfThePipeline()
    {
        var endpoints = await EndpointsAsync();
        var inApp = Operations.Where(o => o.Text("route") != Rest)
            .SelectMany(o => o.Trigger["methods"]!.AsArray(), (o, m) => $"{m!.GetValue<string>().ToUpperInvariant()} {o.Text("route")}").ToList();

        endpoints.Count.ShouldBeGreaterThan(30);
        inApp.ShouldBeUnique();
        inApp.Order().ShouldBe(endpoints.Order());
    }

    [Fact]
    public void Operations_ToTheHost_AreAnonymousAndAnswerItself() =>
        Operations.ShouldAllBe(o => o.Text("authLevel") == "Anonymous" && o.Bindings.Single(b => b["type"]!.GetValue<string>() == "http")["direction"]!.GetValue<string>() == "Out");

    /// <summary>The host keeps these for itself.</summary>
    [Fact]
    public void Routes_OfTheBuiltApp_AreNeverTheHostsOwn() =>
        Operations.ShouldAllBe(o => !o.Text("route").StartsWith("admin", StringComparison.Ordinal) && !o.Text("route").StartsWith("runtime", StringComparison.Ordinal));

    /// <summary>The host tries routes in the order of the functions' names, whatever their precedence.</summary>
    [Fact]
    public void CatchAll_ByName_ComesLastAndTakesEveryMethod()
    {
        var last = Operations.OrderBy(o => o.Name, StringComparer.OrdinalIgnoreCase).Last();

        last.Text("route").ShouldBe(Rest);
        last.Trigger["methods"]!.AsArray().Select(m => m!.GetValue<string>())
            .ShouldBe(["get", "head", "post", "put", "patch", "delete", "options"], ignoreOrder: true);
    }

    private static async Task<IReadOnlyList<string>> EndpointsAsync()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("WaitingRoom:SigningKey", "a-signing-key-for-tests-0123456789"), new("Admin:Key", "an-admin-key-for-tests-0123456789")])
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHybridCache();
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment());
        services.AddConcertBooking(configuration).AddConcertApi(configuration).AddConcertEmbedded(configuration, dataFolder: null);
        await using var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<ApiPipeline>();
        return
        [
            .. provider.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(
                e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods, (e, method) => $"{method} {e.RoutePattern.RawText!.Trim('/')}"),
        ];
    }
}
