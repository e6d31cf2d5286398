param vaultName string

// Fresh at every deployment, and used only by the first: onlyIfNotExists keeps what the vault has,
// or each deployment in mid-sale would void every queue token.
@secure()
param signingKeySeed string = newGuid()

@secure()
param signingKeySalt string = newGuid()

@secure()
param previousSigningKeySeed string = newGuid()

@secure()
param previousSigningKeySalt string = newGuid()

@secure()
param adminKeySeed string = newGuid()

@secure()
param adminKeySalt string = newGuid()

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

@onlyIfNotExists()
resource signingKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'queue-token-signing-key'
  properties: {
    value: replace('${signingKeySeed}${signingKeySalt}', '-', '')
    contentType: '64 hexadecimal characters'
  }
}

// Nobody holds a token under the first previous key. It is there because a reference to a secret that is missing
// reaches the app as the text of the reference, which anybody can guess.
@onlyIfNotExists()
resource previousSigningKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'queue-token-previous-signing-key'
  properties: {
    value: replace('${previousSigningKeySeed}${previousSigningKeySalt}', '-', '')
    contentType: '64 hexadecimal characters'
  }
}

@onlyIfNotExists()
resource adminKey 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'admin-key'
  properties: {
    value: replace('${adminKeySeed}${adminKeySalt}', '-', '')
    contentType: '64 hexadecimal characters'
  }
}

output adminKeyName string = adminKey.name
