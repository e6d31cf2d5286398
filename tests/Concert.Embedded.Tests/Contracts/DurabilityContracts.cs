using Concert.Booking.Ports;
using Concert.Contracts;
using Concert.Embedded.Tests.Support;

namespace Concert.Embedded.Tests.Contracts;

public sealed class SqliteQueueDurabilityTests : DurableQueueContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override ICommandSender Sender => _held.Backend.Queue;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

public sealed class SqliteRoomDurabilityTests : DurableRoomContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override IWaitingRoom Room => _held.Backend.WaitingRoom;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

public sealed class SqliteStoreDurabilityTests : DurableStoreContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override IDocumentStore Store => _held.Backend.Store;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

/// <summary>A backend whose disk can be held back.</summary>
internal sealed class HeldBackend : IDisposable
{
    private readonly DataDirectory _folder = new();
    private readonly Disk _disk = new();

    public HeldBackend() => Backend = Folder.Open(_folder, disk: _disk);

    public EmbeddedBackend Backend { get; }

    public ICommitHold Hold() => new Held(_disk.Stop());

    public void Dispose()
    {
        _disk.Dispose();
        Backend.Dispose();
        _folder.Dispose();
    }

    private sealed class Held(Disk disk) : ICommitHold
    {
        public Task Reached => disk.Reached;

        public void Release() => disk.GoOn();

        public void Dispose() => disk.GoOn();
    }
}
