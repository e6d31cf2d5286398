using Concert.Contracts;
using Concert.Embedded.Tests.Support;

namespace Concert.Embedded.Tests.Contracts;

public sealed class MemoryQueueContractTests : CommandQueueContract
{
    protected override Task<IQueueUnderTest> CreateAsync() => Task.FromResult<IQueueUnderTest>(new EmbeddedQueueUnderTest());
}

public sealed class JournaledQueueContractTests : CommandQueueContract
{
    protected override Task<IQueueUnderTest> CreateAsync() =>
        Task.FromResult<IQueueUnderTest>(new EmbeddedQueueUnderTest(new EmbeddedOptions { CompactAtBytes = 2000 }, new MemoryFiles()));
}
