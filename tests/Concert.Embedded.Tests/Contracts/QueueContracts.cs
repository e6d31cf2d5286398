using Concert.Contracts;
using Concert.Embedded.Tests.Support;

namespace Concert.Embedded.Tests.Contracts;

public sealed class MemoryQueueContractTests : CommandQueueContract
{
    protected override Task<IQueueUnderTest> CreateAsync() => Task.FromResult<IQueueUnderTest>(new EmbeddedQueueUnderTest());
}

public sealed class FolderQueueContractTests : CommandQueueContract, IDisposable
{
    private readonly DataDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IQueueUnderTest> CreateAsync() => Task.FromResult<IQueueUnderTest>(new EmbeddedQueueUnderTest(folder: _folder));
}
