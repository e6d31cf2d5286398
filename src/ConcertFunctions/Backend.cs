using Concert.Booking.Catalog;
using Concert.Booking.Settings;
using Concert.Embedded;
using ConcertFunctions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ConcertFunctions;

/// <summary>Chooses what stands behind the ports: <c>Concert:Backend</c> = Azure (the default) or Embedded.</summary>
internal static class Backend
{
    /// <summary>Registers the backend; returns one line for each setting that is wrong.</summary>
    public static IReadOnlyList<string> Add(IServiceCollection services, IConfiguration configuration)
    {
        var identity = IdentityErrors(configuration);
        switch (configuration["Concert:Backend"] ?? "Azure")
        {
            case "Embedded":
                services.AddHybridCache(cache => cache.MaximumPayloadBytes = CatalogReader.MaxPayloadBytes);
                services.AddConcertEmbedded(configuration, configuration["Concert:DataFolder"] ?? "data");
                return identity;
            case "Azure":
                return [.. identity, .. AzureBackend.Add(services, configuration)];
            case var other:
                return [.. identity, $"Concert:Backend is '{other}'; it must be Azure or Embedded."];
        }
    }

    /// <summary>Believing the body's userId is for one machine: in Azure the app refuses to start with it.</summary>
    private static IReadOnlyList<string> IdentityErrors(IConfiguration configuration)
    {
        var inAzure = !string.IsNullOrEmpty(configuration["WEBSITE_SITE_NAME"]) || !string.IsNullOrEmpty(configuration["WEBSITE_INSTANCE_ID"]);
        var mode = configuration.GetSection(IdentityOptions.Section)["Mode"] ?? nameof(IdentityMode.Development);
        if (inAzure && !string.Equals(mode, nameof(IdentityMode.Platform), StringComparison.OrdinalIgnoreCase))
        {
            return ["Identity:Mode must be Platform in Azure: Development believes whatever user a request names."];
        }

        return inAzure && string.Equals(configuration["WEBSITE_AUTH_ENABLED"], "False", StringComparison.OrdinalIgnoreCase)
            ? ["App Service authentication is off: with Identity:Mode = Platform anyone could name any user in X-MS-CLIENT-PRINCIPAL-ID."]
            : [];
    }
}
