param namePrefix string
param networkId string
param subnetId string
param storageId string
param cosmosId string
param serviceBusId string
param redisId string
param keyVaultId string
param location string
param tags object

// The zone is what the service's public name is an alias of; inside the network it answers with the endpoint's address.
var links = [
  {
    name: 'blob'
    group: 'blob'
    target: storageId
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    name: 'table'
    group: 'table'
    target: storageId
    zone: 'privatelink.table.${environment().suffixes.storage}'
  }
  {
    name: 'cosmos'
    group: 'Sql'
    target: cosmosId
    zone: 'privatelink.documents.azure.com'
  }
  {
    name: 'servicebus'
    group: 'namespace'
    target: serviceBusId
    zone: 'privatelink.servicebus.windows.net'
  }
  {
    name: 'redis'
    group: 'redisEnterprise'
    target: redisId
    zone: 'privatelink.redis.azure.net'
  }
  {
    name: 'keyvault'
    group: 'vault'
    target: keyVaultId
    zone: 'privatelink.vaultcore.azure.net'
  }
]

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for link in links: {
    name: link.zone
    location: 'global'
    tags: tags
  }
]

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (link, i) in links: {
    parent: zone[i]
    name: link.name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: networkId
      }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2026-01-01' = [
  for link in links: {
    name: '${namePrefix}${link.name}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: subnetId
      }
      privateLinkServiceConnections: [
        {
          name: link.name
          properties: {
            privateLinkServiceId: link.target
            groupIds: [
              link.group
            ]
          }
        }
      ]
    }
  }
]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2026-01-01' = [
  for (link, i) in links: {
    parent: endpoint[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: link.name
          properties: {
            privateDnsZoneId: zone[i].id
          }
        }
      ]
    }
    // The name has to be known inside the network before anybody asks for it: an answer of the public zone is remembered for minutes.
    dependsOn: [
      zoneLink[i]
    ]
  }
]
