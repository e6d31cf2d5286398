using Concert.Api.Operations;

namespace Concert.Api;

/// <summary>All operations: the one list that routes, contract document and both heads are made from.</summary>
public sealed class ApiTable
{
    internal ApiTable(OutcomeWaiter waiter, SystemOperations system)
    {
        var business = (IReadOnlyList<ApiOperation>)
        [
            .. QueueOperations.All(),
            .. CatalogOperations.All(),
            .. new ReservationOperations(waiter).All(),
            .. new PaymentOperations(waiter).All(),
            .. WalletOperations.All(),
            .. AdminOperations.All(),
        ];
        Operations = [.. business, .. system.All(business)];
    }

    public IReadOnlyList<ApiOperation> Operations { get; }
}
