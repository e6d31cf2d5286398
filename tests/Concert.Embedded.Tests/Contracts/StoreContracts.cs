using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Embedded.Tests.Contracts;

public sealed class MemoryStoreContractTests : DocumentStoreContract
{
    private readonly FakeTimeProvider _time = new(Folder.Start);

    protected override Task<IDocumentStore> CreateStoreAsync() =>
        Task.FromResult<IDocumentStore>(EmbeddedBackend.Open(new EmbeddedOptions(), _time, NullLogger.Instance).Store);

    protected override Task PassTimeAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}

public sealed class FolderStoreContractTests : DocumentStoreContract
{
    private readonly FakeTimeProvider _time = new(Folder.Start);
    private readonly string _folder = Directory.CreateTempSubdirectory("concert-").FullName;
    private EmbeddedBackend? _backend;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _backend!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    protected override Task<IDocumentStore> CreateStoreAsync()
    {
        _backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = _folder }, _time, NullLogger.Instance);
        return Task.FromResult<IDocumentStore>(_backend.Store);
    }

    protected override Task PassTimeAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
