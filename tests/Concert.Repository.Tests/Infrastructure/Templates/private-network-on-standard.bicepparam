using './main.bicep'

param environmentName = 'test'
param location = 'koreacentral'
param vnetEnabled = true
