using Concert.Api.Identity;
using Concert.Api.Operations;
using Concert.Booking.Shared;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Concert.Api;

public static class ApiRegistration
{
    /// <summary>
    /// Registers <see cref="ApiTable"/> and <see cref="ApiDispatcher"/>. Needs the domain (<c>AddConcertBooking</c>) and a backend's ports beside it.
    /// </summary>
    public static IServiceCollection AddConcertApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiOptions>().Bind(configuration.GetSection(ApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidation>();
        services.AddSingleton<ApiUseCases>();
        services.AddSingleton<ReadinessProbe>();
        services.AddSingleton<OutcomeWaiter>();
        services.AddSingleton<SystemOperations>();
        services.AddSingleton<Gatekeeper>();
        services.AddSingleton(provider => new ApiTable(provider.GetRequiredService<OutcomeWaiter>(), provider.GetRequiredService<SystemOperations>()));
        services.AddSingleton(provider => new ApiDispatcher(
            provider.GetRequiredService<ApiTable>(),
            provider.GetRequiredService<ApiUseCases>(),
            provider.GetRequiredService<Gatekeeper>(),
            provider.GetRequiredService<IOptions<ApiOptions>>(),
            provider.GetRequiredService<ILogger<ApiDispatcher>>()));
        return services;
    }
}
