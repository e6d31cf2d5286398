targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('The azd environment: names the resource group and seeds every resource name.')
param environmentName string

@minLength(1)
@description('Region of everything but the static web app.')
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Object id of whoever deploys. May read the secrets afterwards, to fetch the admin key. Empty grants nobody.')
param principalId string = ''

@description('Client id of an existing Entra app registration that buyers sign in to. Empty creates one, which needs the right to register applications.')
param authClientId string = ''

@description('Audience that tokens for an existing app registration carry. Empty is api:// and its client id.')
param authAudience string = ''

@description('Who issues the tokens. Empty is this tenant; an external tenant of customers has its own.')
param authIssuer string = ''

@allowed([
  'AllowAnonymous'
  'Return401'
])
@description('What App Service authentication does with a call that carries no token. Return401 also closes health, docs and the admin API to callers without a user.')
param unauthenticatedClientAction string = 'AllowAnonymous'

@allowed([
  'Standard'
  'Premium'
])
@description('Standard shares its brokers and is throttled at 1,000 operations a second; a real sale needs Premium.')
param serviceBusSku string = 'Standard'

@allowed([
  1
  2
  4
  8
  16
])
@description('Messaging units of a Premium namespace.')
param serviceBusMessagingUnits int = 1

@description('Lets the platform count the queue for target-based scaling, which takes the Data Owner role on the queue. False leaves sending and receiving only.')
param targetBasedScaling bool = true

@allowed([
  'Autoscale'
  'Serverless'
])
@description('Serverless costs nothing when idle and stops at 5,000 RU/s a container; it cannot be chosen for an account that is already provisioned.')
param cosmosCapacityMode string = 'Autoscale'

@minValue(1000)
@description('Highest RU/s of the catalog container.')
param cosmosCatalogMaxThroughput int = 1000

@minValue(1000)
@description('Highest RU/s of the bookings container.')
param cosmosBookingsMaxThroughput int = 4000

@minValue(1000)
@description('Highest RU/s of the wallets container.')
param cosmosWalletsMaxThroughput int = 4000

@allowed([
  'Strong'
  'BoundedStaleness'
  'Session'
])
@description('Writes are guarded by ETags at any level. Below Strong, one instance may refuse for what another has already released.')
param cosmosConsistency string = 'Strong'

@description('Spreads Cosmos DB over availability zones. Fixed at creation, and not offered in every region.')
param zoneRedundant bool = false

@description('Size of Azure Managed Redis.')
param redisSku string = 'Balanced_B1'

@description('A replica for Redis. Without it a failover loses the waiting room.')
param redisHighAvailability bool = true

@allowed([
  512
  2048
  4096
])
@description('Memory of one Functions instance.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Highest number of Functions instances of all functions together. 25 that take seat commands hold the 5,000 receivers a queue allows.')
param maximumInstanceCount int = 40

@minValue(1)
@maxValue(1000)
@description('HTTP calls one instance takes at a time before another is started.')
param httpPerInstanceConcurrency int = 100

@minValue(0)
@description('Instances kept warm for HTTP. Raise before the doors open.')
param alwaysReadyHttp int = 0

@minValue(0)
@description('Instances kept warm for the seat commands. Raise before the doors open.')
param alwaysReadySeatCommands int = 0

@description('Who is told when an alert fires. Empty tells nobody; the alerts are still recorded.')
param alertEmail string = ''

@description('Keeps a deleted key vault from being purged. Cannot be undone, and keeps its name until the retention ends.')
param keyVaultPurgeProtection bool = false

@description('Puts storage, Cosmos DB, Service Bus, Redis and Key Vault behind private endpoints in a virtual network, and closes them to the internet. Needs serviceBusSku Premium and the provider Microsoft.App registered. The API itself stays public.')
param vnetEnabled bool = false

@description('Deploys the static web app of the booking page. Goes with a service named web in azure.yaml.')
param deployWeb bool = true

@allowed([
  'centralus'
  'eastasia'
  'eastus2'
  'westeurope'
  'westus2'
])
@description('Region of the static web app, which few regions offer.')
param webLocation string = 'eastasia'

var abbreviations = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var functionAppName = '${abbreviations.webSitesFunctions}api-${token}'
var deploymentContainerName = 'app-package'
var premiumForNetwork = 'vnetEnabled needs serviceBusSku Premium: a Standard namespace has no private endpoints.'
var createAppRegistration = empty(authClientId)
var givenAudience = empty(authAudience) ? 'api://${authClientId}' : authAudience

resource rg 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: '${abbreviations.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

module identity './modules/identity.bicep' = {
  name: 'identity'
  scope: rg
  params: {
    name: '${abbreviations.managedIdentityUserAssignedIdentities}api-${token}'
    location: location
    tags: tags
  }
}

module monitoring './modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: rg
  params: {
    workspaceName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    location: location
    tags: tags
  }
}

module storage './modules/storage.bicep' = {
  name: 'storage'
  scope: rg
  params: {
    name: '${abbreviations.storageStorageAccounts}${token}'
    deploymentContainerName: deploymentContainerName
    publicAccess: !vnetEnabled
    location: location
    tags: tags
  }
}

module serviceBus './modules/servicebus.bicep' = {
  name: 'servicebus'
  scope: rg
  params: {
    name: '${abbreviations.serviceBusNamespaces}${token}'
    sku: vnetEnabled && serviceBusSku != 'Premium' ? fail(premiumForNetwork) : serviceBusSku
    messagingUnits: serviceBusMessagingUnits
    publicAccess: !vnetEnabled
    location: location
    tags: tags
  }
}

module cosmos './modules/cosmos.bicep' = {
  name: 'cosmos'
  scope: rg
  params: {
    name: '${abbreviations.documentDBDatabaseAccounts}${token}'
    capacityMode: cosmosCapacityMode
    consistency: cosmosConsistency
    zoneRedundant: zoneRedundant
    catalogMaxThroughput: cosmosCatalogMaxThroughput
    bookingsMaxThroughput: cosmosBookingsMaxThroughput
    walletsMaxThroughput: cosmosWalletsMaxThroughput
    dataContributorPrincipalId: identity.outputs.principalId
    publicAccess: !vnetEnabled
    location: location
    tags: tags
  }
}

module redis './modules/redis.bicep' = {
  name: 'redis'
  scope: rg
  params: {
    name: '${abbreviations.cacheRedisEnterprise}${token}'
    skuName: redisSku
    highAvailability: redisHighAvailability
    principalId: identity.outputs.principalId
    publicAccess: !vnetEnabled
    location: location
    tags: tags
  }
}

module keyVault './modules/keyvault.bicep' = {
  name: 'keyvault'
  scope: rg
  params: {
    name: '${abbreviations.keyVaultVaults}${token}'
    purgeProtection: keyVaultPurgeProtection
    publicAccess: !vnetEnabled
    location: location
    tags: tags
  }
}

module secrets './modules/secrets.bicep' = {
  name: 'secrets'
  scope: rg
  params: {
    vaultName: keyVault.outputs.name
  }
}

module network './modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: rg
  params: {
    name: '${abbreviations.networkVirtualNetworks}${token}'
    location: location
    tags: tags
  }
}

module privateEndpoints './modules/private-endpoints.bicep' = if (vnetEnabled) {
  name: 'private-endpoints'
  scope: rg
  params: {
    namePrefix: '${abbreviations.networkPrivateEndpoints}${token}-'
    networkId: network!.outputs.resourceId
    subnetId: network!.outputs.endpointSubnetId
    storageId: storage.outputs.resourceId
    cosmosId: cosmos.outputs.resourceId
    serviceBusId: serviceBus.outputs.resourceId
    redisId: redis.outputs.resourceId
    keyVaultId: keyVault.outputs.resourceId
    location: location
    tags: tags
  }
}

module web './app/web.bicep' = if (deployWeb) {
  name: 'web'
  scope: rg
  params: {
    name: '${abbreviations.webStaticSites}${token}'
    location: webLocation
    tags: tags
  }
}

module appRegistration './modules/app-registration.bicep' = if (createAppRegistration) {
  name: 'app-registration'
  scope: rg
  params: {
    uniqueName: 'concert-api-${token}'
    displayName: 'Concert booking (${environmentName})'
    redirectUri: 'https://${functionAppName}.azurewebsites.net/.auth/login/aad/callback'
    identityPrincipalId: identity.outputs.principalId
  }
}

module roles './app/roles.bicep' = {
  name: 'roles'
  scope: rg
  params: {
    principalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    storageAccountName: storage.outputs.name
    serviceBusName: serviceBus.outputs.name
    queueName: serviceBus.outputs.queueName
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    targetBasedScaling: targetBasedScaling
  }
}

module api './app/api.bicep' = {
  name: 'api'
  scope: rg
  // The host and the Key Vault references need their roles, and a way there, when the app first starts.
  dependsOn: [
    roles
    secrets
    privateEndpoints
  ]
  params: {
    name: functionAppName
    planName: '${abbreviations.webServerFarms}${token}'
    location: location
    tags: tags
    identityId: identity.outputs.resourceId
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerName: deploymentContainerName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    serviceBusNamespace: serviceBus.outputs.fullyQualifiedNamespace
    cosmosEndpoint: cosmos.outputs.endpoint
    cosmosDatabase: cosmos.outputs.database
    redisEndpoint: redis.outputs.endpoint
    keyVaultUri: keyVault.outputs.uri
    authClientId: createAppRegistration ? appRegistration!.outputs.clientId : authClientId
    authAudience: createAppRegistration ? appRegistration!.outputs.audience : givenAudience
    authIssuer: empty(authIssuer)
      ? '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
      : authIssuer
    authUsesManagedIdentity: createAppRegistration
    unauthenticatedClientAction: unauthenticatedClientAction
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    allowedOrigins: deployWeb ? [web!.outputs.url] : []
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpPerInstanceConcurrency: httpPerInstanceConcurrency
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadySeatCommands: alwaysReadySeatCommands
  }
}

module alerts './modules/alerts.bicep' = {
  name: 'alerts'
  scope: rg
  params: {
    actionGroupName: '${abbreviations.insightsActionGroups}${token}'
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.resourceId
    queueName: serviceBus.outputs.queueName
    cosmosId: cosmos.outputs.resourceId
    location: location
    tags: tags
  }
}

module workbook './modules/workbook.bicep' = {
  name: 'workbook'
  scope: rg
  params: {
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.resourceId
    queueName: serviceBus.outputs.queueName
    cosmosId: cosmos.outputs.resourceId
    redisId: redis.outputs.resourceId
    location: location
    tags: tags
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = rg.name
output AZURE_FUNCTION_NAME string = api.outputs.name
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output AZURE_COSMOS_ACCOUNT_NAME string = cosmos.outputs.name
output AZURE_SERVICE_BUS_NAMESPACE string = serviceBus.outputs.fullyQualifiedNamespace
output API_URL string = api.outputs.url
output API_AUDIENCE string = createAppRegistration ? appRegistration!.outputs.audience : givenAudience
output ADMIN_KEY_SECRET string = secrets.outputs.adminKeyName
output WEB_URL string = deployWeb ? web!.outputs.url : ''
