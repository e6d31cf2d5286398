using Azure.Core;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>Makes the handler that carries the SDK's HTTP calls; registered only where something other than the network answers them.</summary>
public delegate HttpMessageHandler CosmosHttpHandlerFactory();

/// <summary>Builds the one long-lived client.</summary>
public static class CosmosClients
{
    /// <param name="options">Validated options.</param>
    /// <param name="credential">The app's identity; needed with <see cref="CosmosOptions.AccountEndpoint"/>.</param>
    /// <param name="createHandler">Stands in for the network; null for the network.</param>
    public static CosmosClient Create(CosmosOptions options, TokenCredential? credential, CosmosHttpHandlerFactory? createHandler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new CosmosClientOptions
        {
            ApplicationName = "concert",
            EnableContentResponseOnWrite = false,
            MaxRetryAttemptsOnRateLimitedRequests = options.ThrottleRetries,
            MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(1),
        };
        if (createHandler is not null)
        {
            settings.HttpClientFactory = () => new HttpClient(createHandler(), disposeHandler: true);
        }
        else if (options.AcceptAnyCertificate)
        {
            settings.ServerCertificateCustomValidationCallback = (_, _, _) => options.AcceptAnyCertificate;
        }

        if (options.ConnectionString is not null)
        {
            settings.ConnectionMode = ConnectionMode.Gateway;

            // Besides an emulator announcing an address nobody can reach: with endpoint discovery on, the SDK repeats a gateway write whose
            // answer was lost, and a batch would then be told of a conflict with itself.
            settings.LimitToEndpoint = true;
            return new CosmosClient(options.ConnectionString, settings);
        }

        settings.ConnectionMode = ConnectionMode.Direct;
        return new CosmosClient(options.AccountEndpoint, credential ?? throw new ArgumentNullException(nameof(credential)), settings);
    }
}
