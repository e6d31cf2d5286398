using Concert.Api;
using Concert.Booking;
using Concert.Booking.Ports;
using Concert.Booking.Timers;
using Concert.Simulation.Engine;
using Concert.Simulation.Planted;
using Concert.Simulation.Ports;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Simulation.Sale;

/// <summary>What all instances share: the outside world of the service.</summary>
public sealed record Outside(SimStore Store, SimQueue Queue, SimGate Gate, SimRooms Rooms, SimCaches Caches, SimReceivers Receivers);

/// <summary>One function instance from its start to its end: its own container, its own memory, its own clock.</summary>
public sealed class Instance : IConsumer, IDisposable
{
    private readonly ServiceProvider _services;

    public Instance(World world, SimProcess process, Outside outside, IConfiguration configuration, Defect defect)
    {
        Process = process;
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(process.Time);
        services.AddSingleton<IRandomSource>(new SimRandomSource(SimRandom.Stream(world.Seed, "instance", process.Number)));
        services.AddSingleton(new LogSink(world, process));
        services.AddSingleton(typeof(ILogger<>), typeof(SimLogger<>));
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton<IDocumentStore>(new SimStorePort(world, process, outside.Store, outside.Gate, defect));
        services.AddSingleton<ICommandSender>(new SimSenderPort(world, process, outside.Queue, defect));
        services.AddSingleton<IQueueInspector>(new SimInspectorPort(process, outside.Queue));
        services.AddSingleton<ISeatGate>(new SimGatePort(process, outside.Gate));
        services.AddSingleton<IWaitingRoom>(new SimRoomPort(world, process, outside.Rooms));
        services.AddSingleton<ISeatMapCache>(new SimSeatMapCachePort(process, outside.Caches));
        services.AddSingleton<IWebhookSender>(new SimWebhookPort(world, process, outside.Receivers));
        services.AddSingleton<HybridCache>(provider => new SimHybridCachePort(process, outside.Caches, provider));
        services.AddConcertBooking(configuration);
        services.AddConcertApi(configuration);
        services.Plant(defect);
        _services = services.BuildServiceProvider();
        Api = Get<ApiPipeline>();
        Timers = Get<ITimerUseCases>();
        Commands = Get<ICommandProcessor>();
    }

    public SimProcess Process { get; }

    public ApiPipeline Api { get; }

    public ITimerUseCases Timers { get; }

    public ICommandProcessor Commands { get; }

    /// <summary>Frees what the container keeps outside of itself, such as meters.</summary>
    public void Dispose() => _services.Dispose();

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
