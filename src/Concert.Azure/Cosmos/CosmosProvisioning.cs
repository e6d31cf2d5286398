using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Concert.Azure.Cosmos;

/// <summary>Creates what an empty emulator lacks. In Azure the templates create it, and the app's identity may not.</summary>
public static class CosmosProvisioning
{
    /// <summary>Creates the database and the containers that are not there, when the options ask for it.</summary>
    public static async Task CreateIfMissingAsync(CosmosClient client, CosmosOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.CreateIfMissing)
        {
            return;
        }

        Database database = await client.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellationToken);
        foreach (var container in CosmosContainers.All)
        {
            await database.CreateContainerIfNotExistsAsync(container.ToProperties(), cancellationToken: cancellationToken);
        }
    }
}

/// <summary>Provisions at the start of the host, and waits for an emulator that is still starting (bounded).</summary>
internal sealed class CosmosProvisioningAtStart(CosmosClient client, IOptions<CosmosOptions> options, TimeProvider time) : IHostedService
{
    private const int Attempts = 30;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await CosmosProvisioning.CreateIfMissingAsync(client, options.Value, cancellationToken);
                return;
            }
            catch (Exception exception) when (attempt < Attempts && exception is CosmosException or HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
