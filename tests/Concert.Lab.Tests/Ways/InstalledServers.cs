using Concert.Lab.Servers;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Ways;

/// <summary>Servers that are started when they are first needed, and stopped at the end.</summary>
public sealed class InstalledServers : IAsyncLifetime
{
    internal ServerFarm Farm { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Farm = await ServerFarm.CreateAsync();

    public ValueTask DisposeAsync() => Farm.DisposeAsync();

    internal async Task StartAsync(ServerKind kind)
    {
        if (!Farm.Endpoints.Running.ContainsKey(kind))
        {
            await Farm.StartAsync(kind);
        }

        Farm.Missing.ShouldNotContainKey(kind);
    }
}
