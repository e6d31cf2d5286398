namespace Concert.Repository.Tests.Infrastructure;

[Trait("Speed", "Slow")]
public sealed class AppSettingsTests
{
    [Theory]
    [InlineData("ReleaseExpiredHoldsSchedule", "*/10 * * * * *")]
    [InlineData("AdmitWaitingSchedule", "* * * * * *")]
    [InlineData("RepairPaymentsSchedule", "*/30 * * * * *")]
    [InlineData("DeliverWebhooksSchedule", "*/5 * * * * *")]
    public void Schedule_InAzureAndLocally_IsTheDesigns(string setting, string schedule)
    {
        Deployment.Settings[setting].ShouldBe(schedule);
        Deployment.LocalSettings[setting].ShouldBe(schedule);
    }

    [Fact]
    public void Schedules_InAzureAndLocally_AreTheSameSet() =>
        Schedules(Deployment.Settings).ShouldBe(Schedules(Deployment.LocalSettings));

    [Fact]
    public void Backend_InAzure_TrustsThePlatformOnly()
    {
        Deployment.Settings["Concert__Backend"].ShouldBe("Azure");
        Deployment.Settings["Identity__Mode"].ShouldBe("Platform");
        CompiledTemplates.Default.AppConfiguration("authsettingsV2")["platform"]!["enabled"]!.ToString().ShouldBe("true");
    }

    [Fact]
    public void Backend_Locally_NeedsNothingButAzurite()
    {
        var local = Deployment.LocalSettings;
        local["AzureWebJobsStorage"].ShouldBe("UseDevelopmentStorage=true");
        local["FUNCTIONS_WORKER_RUNTIME"].ShouldBe("dotnet-isolated");
        local["Concert__Backend"].ShouldBe("Embedded");
        local["Identity__Mode"].ShouldBe("Development");
        local["AzureWebJobs.ProcessSeatCommands.Disabled"].ShouldBe("true");
        local["AzureWebJobs.OnDeadLetter.Disabled"].ShouldBe("true");
    }

    [Fact]
    public void Keys_Locally_AreLongEnoughToStartWith()
    {
        Deployment.LocalSettings["WaitingRoom__SigningKey"].Length.ShouldBeGreaterThanOrEqualTo(32);
        Deployment.LocalSettings["Admin__Key"].Length.ShouldBeGreaterThanOrEqualTo(16);
    }

    [Theory]
    [InlineData("WaitingRoom__SigningKey", "queue-token-signing-key")]
    [InlineData("WaitingRoom__PreviousSigningKey", "queue-token-previous-signing-key")]
    [InlineData("Admin__Key", "admin-key")]
    public void Secret_InAzure_IsAReferenceToOneThatIsDeployed(string setting, string secret)
    {
        Deployment.Settings[setting].ShouldStartWith($"[format('@Microsoft.KeyVault(SecretUri={{0}}secrets/{secret})', reference(");
        Deployment.Settings[setting].ShouldEndWith(").vaultUri)]");
        Deployment.SecretNames.ShouldContain(secret);
    }

    [Fact]
    public void Secrets_AtALaterDeployment_StayAsTheyAre()
    {
        var template = CompiledTemplates.Module("secrets");
        var secrets = template["resources"]!.AsObject().Where(r => r.Value!["type"]!.ToString() == "Microsoft.KeyVault/vaults/secrets").ToList();
        secrets.Count.ShouldBe(3);
        secrets.ShouldAllBe(s => s.Value!["@options"]!["onlyIfNotExists"]!.ToJsonString() == "[]");

        var made = template["parameters"]!.AsObject().Where(p => p.Value!["defaultValue"] is not null).Select(p => p.Value!).ToList();
        made.Count.ShouldBe(6);
        made.ShouldAllBe(p => p["type"]!.ToString() == "securestring" && p["defaultValue"]!.ToString() == "[newGuid()]");
    }

    [Theory]
    [InlineData("ServiceBusConnection__", "fullyQualifiedNamespace")]
    [InlineData("AzureWebJobsStorage__", "accountName")]
    public void Connection_InAzure_IsByManagedIdentity(string prefix, string address)
    {
        Names(Deployment.Settings, prefix).ShouldBe(new[] { prefix + address, prefix + "clientId", prefix + "credential" }.Order(StringComparer.Ordinal));
        Deployment.Settings[prefix + "credential"].ShouldBe("managedidentity");
        Deployment.Settings[prefix + "clientId"].ShouldStartWith("[reference(");
        Deployment.Settings[prefix + "clientId"].ShouldEndWith(").clientId]");
    }

    [Fact]
    public void Names_InAzure_UseNoColon()
    {
        Deployment.Settings.Keys.ShouldAllBe(k => !k.Contains(':'));
        Deployment.LocalSettings.Keys.ShouldAllBe(k => !k.Contains(':'));
    }

    [Fact]
    public void RoutePrefix_InHost_IsEmpty() =>
        Repo.Json("host.json")["extensions"]!["http"]!["routePrefix"]!.GetValue<string>().ShouldBeEmpty();

    /// <summary>The worker sends its telemetry by OpenTelemetry: the host must do the same, or traces of the two do not meet.</summary>
    [Fact]
    public void Telemetry_InHost_IsOpenTelemetryWithoutTheOldSdksSettings()
    {
        var host = Repo.Json("host.json");
        host["telemetryMode"]!.GetValue<string>().ShouldBe("OpenTelemetry");
        host["logging"]!["applicationInsights"].ShouldBeNull("the host reads it in the other mode only");
    }

    [Theory]
    [InlineData("Function")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Yarp.ReverseProxy")]
    [InlineData("System.Net.Http")]
    public void Logs_OfEachRequestInHost_AreWarningsOnly(string category) =>
        Repo.Json("host.json")["logging"]!["logLevel"]![category]!.GetValue<string>().ShouldBe("Warning");

    private static IEnumerable<string> Schedules(IReadOnlyDictionary<string, string> settings) =>
        settings.Keys.Where(k => k.EndsWith("Schedule", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(IReadOnlyDictionary<string, string> settings, string prefix) =>
        settings.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
