using System.Diagnostics;
using Concert.Api.Endpoints;
using Concert.Api.Json;
using Concert.Api.Webhooks;
using Concert.Booking.Ports;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Api;

public static class ApiRegistration
{
    internal const string Capacity = "capacity";

    /// <summary>Registers <see cref="ApiPipeline"/> and what it needs. Needs the domain (<c>AddConcertBooking</c>) and a backend's ports beside it.</summary>
    public static IServiceCollection AddConcertApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiOptions>().Bind(configuration.GetSection(ApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidation>();
        services.AddOptions<CorsSettings>().Bind(configuration.GetSection(CorsSettings.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CorsSettings>, CorsSettings>();
        services.AddSingleton<OutcomeWaiter>();
        services.AddSingleton<AccessControl>();
        services.AddSingleton<IEndpoints, QueueEndpoints>();
        services.AddSingleton<PackedMaps>();
        services.AddSingleton<IEndpoints, CatalogEndpoints>();
        services.AddSingleton<IEndpoints, ReservationEndpoints>();
        services.AddSingleton<IEndpoints, TicketEndpoints>();
        services.AddSingleton<IEndpoints, PaymentEndpoints>();
        services.AddSingleton<IEndpoints, WalletEndpoints>();
        services.AddSingleton<IEndpoints, AdminEndpoints>();
        services.AddSingleton<IEndpoints, OperationsEndpoints>();
        services.AddSingleton<IEndpoints, DeadLetterEndpoints>();
        services.AddSingleton<IEndpoints, HouseSeatEndpoints>();
        services.AddSingleton<IEndpoints, CallOffEndpoints>();
        services.AddSingleton<IEndpoints, BuyerListEndpoints>();
        services.AddSingleton<IEndpoints, WebhookEndpoints>();
        services.TryAddSingleton<IWebhookSender, HttpWebhookSender>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<DocsEndpoints>();
        services.AddSingleton<ApiPipeline>();
        // A web host has registered its own already.
        services.TryAddSingleton(static _ => new DiagnosticListener("Microsoft.AspNetCore"));
        services.TryAddSingleton<DiagnosticSource>(static s => s.GetRequiredService<DiagnosticListener>());
        services.AddRouting();
        services.AddExceptionHandler<FaultHandler>();
        services.AddSingleton<IResponseCompressionProvider, Compression>();
        return services.AddLimits().AddCrossOrigin().AddHealth().AddContract();
    }

    private static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(limiter => limiter.OnRejected = static (context, _) => new(ProblemWriter.WriteAsync(context.HttpContext, Problem.Full)));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ApiOptions>>((limiter, api) =>
            limiter.AddConcurrencyLimiter(Capacity, concurrency => (concurrency.PermitLimit, concurrency.QueueLimit) = (api.Value.MaxConcurrentRequests, 0)));
        return services;
    }

    private static IServiceCollection AddCrossOrigin(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CorsSettings>>((cors, settings) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.Value.AllowedOrigins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders("Date", "ETag", "Location", "Retry-After", "Preference-Applied")
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        return services;
    }

    private static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddDependency("documents", static s => s.GetRequiredService<IDocumentStore>().CheckAsync)
            .AddDependency("queue", static s => s.GetRequiredService<ICommandSender>().CheckAsync)
            .AddDependency("waiting-room", static s => s.GetRequiredService<IWaitingRoom>().CheckAsync);
        return services;
    }

    private static IHealthChecksBuilder AddDependency(
        this IHealthChecksBuilder health, string name, Func<IServiceProvider, Func<CancellationToken, Task>> check) => health.Add(new(
            name,
            services => new DependencyCheck(check(services), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<DependencyCheck>>()),
            failureStatus: null,
            tags: null));

    private static IServiceCollection AddContract(this IServiceCollection services)
    {
        services.AddSingleton<ContractDocument>();
        services.ConfigureHttpJsonOptions(static json => ApiJson.Configure(json.SerializerOptions).TypeInfoResolverChain.Insert(0, ApiJson.Default));
        return services.AddOpenApi(ContractDocument.Name, ContractTransformers.Configure);
    }
}
