using './main.bicep'

param environmentName = 'test'
param location = 'koreacentral'
param principalId = '00000000-0000-0000-0000-00000000000d'
param authClientId = 'given-client-id'
param authIssuer = 'https://issuer.example/v2.0'
param unauthenticatedClientAction = 'Return401'
param targetBasedScaling = false
param cosmosCapacityMode = 'Serverless'
param alwaysReadyHttp = 2
param alwaysReadySeatCommands = 1
param alertEmail = 'operators@example.com'
param keyVaultPurgeProtection = true
param deployWeb = true
