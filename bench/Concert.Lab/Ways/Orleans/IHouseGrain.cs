using Orleans.Concurrency;

namespace Concert.Lab.Ways.Orleans;

/// <summary>
/// A wallet, a block of seats or an inventory; what must change together is one grain. The key's form is <c>{round}/{kind}/{number}</c>, so that a new round finds no grain
/// of the last.
/// </summary>
internal interface IHouseGrain : IGrainWithStringKey
{
    Task<bool> ChangeWalletAsync(int operation, long amount);

    Task<bool> HoldSeatsAsync(int operation, int[] seats);

    Task<bool> HoldPlaceAsync(int operation);
}

/// <summary>One call at a time, each with a transaction of its own.</summary>
internal interface IPlainGrain : IHouseGrain;

/// <summary>
/// Calls are decided in turn while a write is on its way, and the next transaction has all of them: what a team does with a grain that everybody wants.
/// </summary>
internal interface IGatheringGrain : IHouseGrain;
