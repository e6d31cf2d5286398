param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param storageAccountName string
param deploymentContainerName string
param applicationInsightsName string
param serviceBusNamespace string
param cosmosEndpoint string
param cosmosDatabase string
param redisEndpoint string
param keyVaultUri string
param authClientId string
param authAudience string
param authIssuer string

@description('The platform redeems a sign-in with its managed identity; there is no client secret anywhere.')
param authUsesManagedIdentity bool

param unauthenticatedClientAction string

@description('Where the app calls from; empty for no virtual network.')
param subnetId string

param allowedOrigins array
param instanceMemoryMB int
param maximumInstanceCount int
param httpPerInstanceConcurrency int
param alwaysReadyHttp int
param alwaysReadySeatCommands int

var managedIdentityAssertion = 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'

var settings = {
  Concert__Backend: 'Azure'
  Identity__Mode: 'Platform'
  AZURE_CLIENT_ID: identityClientId

  AzureWebJobsStorage__accountName: storage.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId

  ServiceBusConnection__fullyQualifiedNamespace: serviceBusNamespace
  ServiceBusConnection__credential: 'managedidentity'
  ServiceBusConnection__clientId: identityClientId

  Cosmos__accountEndpoint: cosmosEndpoint
  Cosmos__database: cosmosDatabase
  Redis__endpoint: redisEndpoint

  // Without a version in the reference the platform takes up a rotated secret by itself, within a day or at a restart.
  WaitingRoom__SigningKey: '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/queue-token-signing-key)'
  WaitingRoom__PreviousSigningKey: '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/queue-token-previous-signing-key)'
  Admin__Key: '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/admin-key)'

  ReleaseExpiredHoldsSchedule: '*/10 * * * * *'
  AdmitWaitingSchedule: '* * * * * *'
  RepairPaymentsSchedule: '*/30 * * * * *'
  DeliverWebhooksSchedule: '*/5 * * * * *'

  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

// The app answers other origins itself: the platform would take the preflights for itself and expose no header.
var originSettings = toObject(
  range(0, length(allowedOrigins)),
  i => 'Cors__AllowedOrigins__${i}',
  i => allowedOrigins[i]
)
var authSettings = authUsesManagedIdentity ? { '${managedIdentityAssertion}': identityClientId } : {}

var alwaysReady = [
  {
    name: 'http'
    instanceCount: alwaysReadyHttp
  }
  {
    name: 'function:ProcessSeatCommands'
    instanceCount: alwaysReadySeatCommands
  }
]

resource storage 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    // Linux.
    reserved: true
    zoneRedundant: false
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(alwaysReady, group => group.instanceCount > 0)
        triggers: {
          http: {
            perInstanceConcurrency: httpPerInstanceConcurrency
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, originSettings, authSettings)
}

// Only with this on does the platform strip a caller's own X-MS-CLIENT-PRINCIPAL-ID and set its own,
// which is why the app may trust the header.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  // The platform takes one change of an app at a time.
  dependsOn: [
    appSettings
  ]
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: unauthenticatedClientAction == 'Return401'
      unauthenticatedClientAction: unauthenticatedClientAction
      excludedPaths: [
        '/health/live'
        '/health/ready'
        '/openapi/v1.json'
        '/docs'
        '/docs/*'
        '/api/health/live'
        '/api/health/ready'
        '/api/openapi/v1.json'
        '/api/docs'
        '/api/docs/*'
      ]
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: authClientId
          clientSecretSettingName: authUsesManagedIdentity ? managedIdentityAssertion : null
          openIdIssuer: authIssuer
        }
        validation: {
          allowedAudiences: [
            authClientId
            authAudience
          ]
        }
      }
    }
    login: {
      // Signing in may lead back to the pages, and nowhere else.
      allowedExternalRedirectUrls: flatten(map(allowedOrigins, origin => [origin, '${origin}/']))
      tokenStore: {
        enabled: false
      }
    }
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
