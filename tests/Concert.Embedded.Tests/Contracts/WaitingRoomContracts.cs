using Concert.Booking.Ports;
using Concert.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Embedded.Tests.Contracts;

public sealed class MemoryWaitingRoomContractTests : WaitingRoomContract
{
    protected override IWaitingRoom Room { get; } = EmbeddedBackend.Open(new EmbeddedOptions(), TimeProvider.System, NullLogger.Instance).WaitingRoom;
}

public sealed class FolderWaitingRoomContractTests : WaitingRoomContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concert-").FullName;
    private readonly EmbeddedBackend _backend;

    public FolderWaitingRoomContractTests()
    {
        _backend = EmbeddedBackend.Open(new EmbeddedOptions { DataFolder = _folder }, TimeProvider.System, NullLogger.Instance);
        Room = _backend.WaitingRoom;
    }

    protected override IWaitingRoom Room { get; }

    public void Dispose()
    {
        _backend.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
