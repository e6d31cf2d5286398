// Stands in for infra/modules/app-registration.bicep, whose extension for Microsoft Graph is fetched from a registry. The same parameters and outputs.
#disable-next-line no-unused-params
param uniqueName string

#disable-next-line no-unused-params
param displayName string

#disable-next-line no-unused-params
param redirectUri string

#disable-next-line no-unused-params
param identityPrincipalId string

output clientId string = 'made-client-id'
output audience string = 'api://made'
