namespace Concert.Repository.Tests.Infrastructure;

/// <summary>Nothing is reached with a key, and nobody may do more than it has to.</summary>
[Trait("Speed", "Slow")]
public sealed class SecurityTests
{
    private const string BlobOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string TableContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string QueueOwner = "090c5cfd-751d-490a-894a-3ce6f1109419";
    private const string QueueReceiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
    private const string QueueSender = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string MetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    private const string Storage = "Microsoft.Storage/storageAccounts";
    private const string Queue = "Microsoft.ServiceBus/namespaces/queues";
    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string Insights = "Microsoft.Insights/components";

    private static PredictedDeployment Deployed => CompiledTemplates.Default;

    [Theory]
    [InlineData(Storage, "allowSharedKeyAccess", "false")]
    [InlineData(Storage, "allowBlobPublicAccess", "false")]
    [InlineData(Storage, "isLocalUserEnabled", "false")]
    [InlineData("Microsoft.ServiceBus/namespaces", "disableLocalAuth", "true")]
    [InlineData("Microsoft.DocumentDB/databaseAccounts", "disableLocalAuth", "true")]
    [InlineData("Microsoft.DocumentDB/databaseAccounts", "disableKeyBasedMetadataWriteAccess", "true")]
    [InlineData(Insights, "DisableLocalAuth", "true")]
    [InlineData("Microsoft.Cache/redisEnterprise/databases", "accessKeysAuthentication", "Disabled")]
    [InlineData(Vault, "enableRbacAuthorization", "true")]
    public void Keys_OfEveryService_AreOff(string type, string property, string value) => Deployed.Properties(type)[property]!.ToString().ShouldBe(value);

    [Theory]
    [InlineData(Storage, "minimumTlsVersion", "TLS1_2")]
    [InlineData(Storage, "supportsHttpsTrafficOnly", "true")]
    [InlineData("Microsoft.ServiceBus/namespaces", "minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.DocumentDB/databaseAccounts", "minimalTlsVersion", "Tls12")]
    [InlineData("Microsoft.Cache/redisEnterprise", "minimumTlsVersion", "1.2")]
    [InlineData("Microsoft.Cache/redisEnterprise/databases", "clientProtocol", "Encrypted")]
    [InlineData("Microsoft.Web/sites", "httpsOnly", "true")]
    public void Connections_ToEveryService_AreEncrypted(string type, string property, string value) =>
        Deployed.Properties(type)[property]!.ToString().ShouldBe(value);

    [Fact]
    public void Roles_OfTheApp_AreOnSingleResourcesAndNoMoreThanItNeeds() =>
        Deployed.Roles.Select(r => (r.Role, r.On)).ShouldBe(
            [
                (BlobOwner, Storage), (TableContributor, Storage),
                (QueueReceiver, Queue), (QueueSender, Queue), (QueueOwner, Queue),
                (SecretsUser, Vault), (MetricsPublisher, Insights),
            ],
            ignoreOrder: true);

    [Fact]
    public void Roles_OwnerOfTheQueue_OnlyForTargetBasedScaling() =>
        CompiledTemplates.Everything.Roles.Where(r => r.On == Queue).Select(r => r.Role).ShouldBe([QueueReceiver, QueueSender], ignoreOrder: true);

    [Fact]
    public void Roles_OfWhoeverDeploys_AreToReadSecretsOnly()
    {
        var deployer = CompiledTemplates.Everything.Roles.Where(r => r.Properties["principalId"]!.ToString() == "00000000-0000-0000-0000-00000000000d")
            .ShouldHaveSingleItem();

        (deployer.Role, deployer.On).ShouldBe((SecretsUser, Vault));
        Deployed.Roles.ShouldAllBe(r => r.Properties["principalId"]!.ToString().EndsWith(".principalId]", StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_OfTheApp_HoldNoSecret() =>
        Deployment.Settings.ShouldAllBe(s =>
            !s.Value.Contains("Key=", StringComparison.OrdinalIgnoreCase) && !s.Value.Contains("Password", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Authentication_ByThePlatform_TakesOnlyItsOwnUsersTokens()
    {
        var authentication = Deployed.AppConfiguration("authsettingsV2");

        authentication["platform"]!["enabled"]!.ToString().ShouldBe("true");
        authentication["httpSettings"]!["requireHttps"]!.ToString().ShouldBe("true");
        var directory = authentication["identityProviders"]!["azureActiveDirectory"]!;
        directory["registration"]!["clientId"]!.ToString().ShouldBe("made-client-id");
        directory["validation"]!["allowedAudiences"]!.AsArray().Select(a => a!.ToString()).ShouldBe(["made-client-id", "api://made"]);
        var secret = directory["registration"]!["clientSecretSettingName"]!.ToString();
        Deployed.Settings[secret].ShouldBe(Deployed.Settings["AZURE_CLIENT_ID"], "the managed identity stands in for a client secret");
    }

    [Fact]
    public void Authentication_WithARegistrationOfOnesOwn_NeedsNoneMade()
    {
        var directory = CompiledTemplates.Everything.AppConfiguration("authsettingsV2")["identityProviders"]!["azureActiveDirectory"]!;

        directory["registration"]!["clientId"]!.ToString().ShouldBe("given-client-id");
        directory["registration"]!["openIdIssuer"]!.ToString().ShouldBe("https://issuer.example/v2.0");
        directory["registration"]!["clientSecretSettingName"].ShouldBeNull();
        directory["validation"]!["allowedAudiences"]!.AsArray().Select(a => a!.ToString()).ShouldBe(["given-client-id", "api://given-client-id"]);
    }

    [Fact]
    public void Authentication_ExcludedPaths_AreHealthContractAndDocsWithWhatIsBelowThem()
    {
        var excluded = Deployed.AppConfiguration("authsettingsV2")["globalValidation"]!["excludedPaths"]!.AsArray().Select(p => p!.ToString());

        excluded.ShouldBe(
            new[] { "/health/live", "/health/ready", "/openapi/v1.json", "/docs", "/docs/*" }.SelectMany(p => new[] { p, "/api" + p }), ignoreOrder: true);
    }
}
