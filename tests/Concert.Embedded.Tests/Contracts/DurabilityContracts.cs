using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Booking.WaitingRoom;
using Concert.Contracts;
using Concert.Embedded.Tests.Support;

namespace Concert.Embedded.Tests.Contracts;

public sealed class JournaledQueueDurabilityTests : DurableQueueContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override ICommandSender Sender => _held.Backend.Queue;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

public sealed class JournaledRoomDurabilityTests : DurableRoomContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override IWaitingRoom Room => _held.Backend.WaitingRoom;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

public sealed class JournaledStoreDurabilityTests : DurableStoreContract, IDisposable
{
    private readonly HeldBackend _held = new();

    protected override IDocumentStore Store => _held.Backend.Store;

    protected override ICommitHold Hold() => _held.Hold();

    public void Dispose() => _held.Dispose();
}

/// <summary>A backend whose disk can be held back.</summary>
internal sealed class HeldBackend : IDisposable
{
    private readonly MemoryFiles _files = new();

    public HeldBackend() => Backend = Folder.Open(_files);

    public EmbeddedBackend Backend { get; }

    public ICommitHold Hold() => new BlockedSync(_files);

    public void Dispose() => Backend.Dispose();
}
