using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Concert.Azure;

/// <summary>The app's identity in Azure: the managed identity named by <c>AZURE_CLIENT_ID</c>, or the developer who is signed in on this machine.</summary>
public static class AzureIdentity
{
    /// <summary>Signs in when it is first asked for a token.</summary>
    public static TokenCredential Of(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = configuration["AZURE_CLIENT_ID"] });
    }
}
