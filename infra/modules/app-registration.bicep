extension 'br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0'

@description('Finds the application again at the next deployment. Never change it.')
param uniqueName string

param displayName string
param redirectUri string

@description('The managed identity that stands in for a client secret when the platform redeems a sign-in.')
param identityPrincipalId string

var audience = 'api://${tenant().tenantId}/${uniqueName}'
var scopeId = guid(uniqueName, 'user_impersonation')
var azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  identifierUris: [
    audience
  ]
  web: {
    redirectUris: [
      redirectUri
    ]
    implicitGrantSettings: {
      enableIdTokenIssuance: true
    }
  }
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        type: 'User'
        value: 'user_impersonation'
        isEnabled: true
        adminConsentDisplayName: 'Book as the signed-in user'
        adminConsentDescription: 'Allows the client to book and pay as the signed-in user.'
        userConsentDisplayName: 'Book as you'
        userConsentDescription: 'Allows the client to book and pay as you.'
      }
    ]
    // So that `az account get-access-token` gives whoever deployed a token to try the API with.
    preAuthorizedApplications: [
      {
        appId: azureCli
        delegatedPermissionIds: [
          scopeId
        ]
      }
    ]
  }

  resource managedIdentity 'federatedIdentityCredentials@v1.0' = {
    name: '${application.uniqueName}/managed-identity'
    audiences: [
      'api://AzureADTokenExchange'
    ]
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identityPrincipalId
  }
}

resource servicePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

output clientId string = application.appId
output audience string = audience
