param name string
param skuName string
param highAvailability bool

@description('Principal that may run commands, by its Entra token.')
param principalId string

@description('False when the app reaches it through a private endpoint.')
param publicAccess bool

param location string
param tags object

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
  }
  properties: {
    highAvailability: highAvailability ? 'Enabled' : 'Disabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cluster
  name: 'default'
  properties: {
    accessKeysAuthentication: 'Disabled'
    clientProtocol: 'Encrypted'
    port: 10000
    // The keys of one script share a hash tag, so each script runs on one shard.
    clusteringPolicy: 'OSSCluster'
    // An evicted member of the waiting room would lose its place; a refused write only makes a booking slower.
    evictionPolicy: 'NoEviction'
  }
}

resource access 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = {
  parent: database
  name: 'api'
  properties: {
    accessPolicyName: 'default'
    user: {
      objectId: principalId
    }
  }
}

output resourceId string = cluster.id
output endpoint string = '${cluster.properties.hostName}:${database.properties.port}'
