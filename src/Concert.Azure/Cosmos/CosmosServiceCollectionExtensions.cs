using Azure.Core;
using Concert.Booking.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Cosmos;

public static class CosmosServiceCollectionExtensions
{
    /// <summary>
    /// The document store on Cosmos DB: section <c>Cosmos</c>. It signs in with the <see cref="TokenCredential"/> that is registered, or else as
    /// the app, with <c>AZURE_CLIENT_ID</c> for a user-assigned identity. Wrong settings stop the host at its start with a line for each.
    /// </summary>
    public static IServiceCollection AddConcertCosmos(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<CosmosOptions>().Bind(configuration.GetSection(CosmosOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CosmosOptions>, CosmosRanges>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CosmosOptions>, CosmosOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.TryAddSingleton<RequestCharges>(_ => new RequestCharges());
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<CosmosOptions>>().Value;
            var credential = options.AccountEndpoint is null ? null : provider.GetService<TokenCredential>() ?? AzureIdentity.Of(configuration);
            return CosmosClients.Create(options, credential, provider.GetService<CosmosHttpHandlerFactory>());
        });
        services.TryAddSingleton<IDocumentStore, CosmosDocumentStore>();
        services.AddHostedService<CosmosProvisioningAtStart>();
        return services;
    }
}
