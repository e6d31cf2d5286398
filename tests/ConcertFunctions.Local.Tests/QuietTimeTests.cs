using Concert.Api.Streams;
using Concert.Embedded;
using ConcertFunctions.Local.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConcertFunctions.Local.Tests;

/// <summary>Memory is given back when nothing happens, once, and never while there is work.</summary>
public sealed class QuietTimeTests : IDisposable
{
    private readonly Memory _memory = new();
    private readonly EmbeddedBackend _backend = EmbeddedBackend.Open(new EmbeddedOptions(), TimeProvider.System, NullLogger.Instance);
    private readonly OpenStreams _streams = new();
    private readonly QuietTime _quiet;

    public QuietTimeTests() => _quiet = new QuietTime(_backend, _streams, _memory, TimeProvider.System);

    [Fact]
    public async Task Quiet_AfterMuchWork_GivesBackOnce()
    {
        await PassAsync(QuietTime.WorthIt + 1);
        _memory.Released.ShouldBe(0, "there was work");
        await PassAsync(QuietTime.Nothing - 1);
        _memory.Released.ShouldBe(1);
        for (var interval = 0; interval < 5; interval++)
        {
            await PassAsync(QuietTime.Nothing - 1);
        }

        _memory.Released.ShouldBe(1, "hardly anything has come since");
        await PassAsync(QuietTime.WorthIt);
        await PassAsync(1);
        _memory.Released.ShouldBe(2);
    }

    [Fact]
    public async Task Work_AllTheTime_GivesNothingBack()
    {
        for (var interval = 0; interval < 20; interval++)
        {
            await PassAsync(QuietTime.Nothing);
        }

        _memory.Released.ShouldBe(0);
    }

    /// <summary>What thousands of open streams need while nothing happens is no work; that they were opened was.</summary>
    [Fact]
    public async Task Streams_OpenAndQuiet_GiveBackOnceWhatTheirOpeningLeft()
    {
        _streams.Count = 10_000;
        await PassAsync(300 << 20);
        _memory.Released.ShouldBe(0);
        for (var interval = 0; interval < 20; interval++)
        {
            await PassAsync(QuietTime.OfAStream * 10_000);
        }

        _memory.Released.ShouldBe(1);
        for (var interval = 0; interval < 20; interval++)
        {
            await PassAsync((QuietTime.OfAStream * 10_000) + QuietTime.Nothing);
        }

        _memory.Released.ShouldBe(1, "there is work beside them");
    }

    [Fact]
    public void Process_Released_IsAlive()
    {
        var memory = new ProcessMemory();
        memory.Release();
        memory.Allocated.ShouldBePositive();
    }

    public void Dispose()
    {
        _quiet.Dispose();
        _backend.Dispose();
    }

    /// <summary>An interval in which so much is allocated, and the look at its end.</summary>
    private Task PassAsync(long allocated)
    {
        _memory.Allocated += allocated;
        return _quiet.LookAsync();
    }

    private sealed class OpenStreams : IOpenStreams
    {
        public int Count { get; set; }
    }

    private sealed class Memory : IProcessMemory
    {
        public long Allocated { get; set; }

        public int Released { get; private set; }

        public void Release() => Released++;
    }
}
