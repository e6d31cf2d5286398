param name string
param capacityMode string
param consistency string
param zoneRedundant bool
param catalogMaxThroughput int
param bookingsMaxThroughput int
param walletsMaxThroughput int

@description('Principal that may read and write documents, and nothing of the account itself.')
param dataContributorPrincipalId string

@description('False when the app reaches it through a private endpoint.')
param publicAccess bool

param location string
param tags object

var serverless = capacityMode == 'Serverless'
var dataContributorRole = '00000000-0000-0000-0000-000000000002'

var containers = [
  {
    name: 'catalog'
    partitionKey: '/concertId'
    indexed: ['/concertId']
    maxThroughput: catalogMaxThroughput
  }
  {
    name: 'bookings'
    partitionKey: '/pk'
    indexed: ['/pk', '/due']
    maxThroughput: bookingsMaxThroughput
  }
  {
    name: 'wallets'
    partitionKey: '/userId'
    indexed: ['/userId']
    maxThroughput: walletsMaxThroughput
  }
]

resource account 'Microsoft.DocumentDB/databaseAccounts@2026-03-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [
      {
        locationName: location
        failoverPriority: 0
        isZoneRedundant: zoneRedundant
      }
    ]
    capabilities: serverless
      ? [
          {
            name: 'EnableServerless'
          }
        ]
      : []
    consistencyPolicy: {
      defaultConsistencyLevel: consistency
    }
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: 'Continuous7Days'
      }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2026-03-15' = {
  parent: account
  name: 'concert'
  properties: {
    resource: {
      id: 'concert'
    }
  }
}

resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2026-03-15' = [
  for item in containers: {
    parent: database
    name: item.name
    properties: {
      resource: {
        id: item.name
        partitionKey: {
          kind: 'Hash'
          version: 2
          paths: [
            item.partitionKey
          ]
        }
        // Expiry is on, and off for each document that does not ask for it.
        defaultTtl: -1
        indexingPolicy: {
          indexingMode: 'consistent'
          automatic: true
          // What is queried, since each costs a quarter of a request unit a write: what is due, for the timers. Ids are always indexed; the
          // partition key only where it is listed, and without it a query inside one partition reads through its neighbours.
          includedPaths: map(item.indexed, property => { path: '${property}/?' })
          excludedPaths: [
            {
              path: '/*'
            }
          ]
        }
      }
      options: serverless
        ? {}
        : {
            autoscaleSettings: {
              maxThroughput: item.maxThroughput
            }
          }
    }
  }
]

resource dataContributor 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2026-03-15' = {
  parent: account
  name: guid(account.id, dataContributorPrincipalId, dataContributorRole)
  properties: {
    principalId: dataContributorPrincipalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributorRole}'
    scope: '${account.id}/dbs/${database.name}'
  }
}

output resourceId string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
output database string = database.name
