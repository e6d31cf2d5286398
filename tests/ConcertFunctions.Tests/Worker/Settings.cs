namespace ConcertFunctions.Tests.Worker;

/// <summary>Settings that a worker starts with.</summary>
internal static class Settings
{
    public const string AdminKey = "an-admin-key-for-tests-0123456789";

    /// <summary>The embedded backend, which needs no more than a folder.</summary>
    public static (string Name, string Value)[] Embedded(string folder, params (string Name, string Value)[] others) =>
    [
        ("Concert:Backend", "Embedded"), ("Concert:DataFolder", folder), ("WaitingRoom:SigningKey", "a-signing-key-for-tests-0123456789"), ("Admin:Key", AdminKey),
        ("ReleaseExpiredHoldsSchedule", "*/10 * * * * *"), ("AdmitWaitingSchedule", "* * * * * *"), ("RepairPaymentsSchedule", "*/30 * * * * *"), ("DeliverWebhooksSchedule", "*/5 * * * * *"), .. others,
    ];
}

/// <summary>A worker on the embedded backend for all tests of a class.</summary>
public sealed class RunningWorker : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concert-worker-").FullName;

    internal FunctionsHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await FunctionsHost.StartAsync(Settings.Embedded(_folder));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
