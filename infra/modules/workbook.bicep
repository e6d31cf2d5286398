param workspaceId string
param serviceBusId string
param queueName string
param cosmosId string
param redisId string
param location string
param tags object

var template = loadTextContent('../workbooks/sale.json')
var withServiceBus = replace(replace(template, '__SERVICE_BUS__', serviceBusId), '__QUEUE__', queueName)
var withStores = replace(replace(withServiceBus, '__COSMOS__', cosmosId), '__REDIS__', redisId)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'sale')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'A sale'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: replace(withStores, '__WORKSPACE__', workspaceId)
  }
}
