namespace Concert.Booking.Timers;

/// <summary>The operations the timers call. Each sends commands or moves the waiting room; none writes a seat. Throws StoreUnavailableException.</summary>
public interface ITimerUseCases
{
    /// <summary>Sends an expire command for each hold whose end and grace have passed; returns how many.</summary>
    Task<int> ReleaseExpiredHoldsAsync(CancellationToken cancellationToken);

    /// <summary>One admission round in every room; returns how many were admitted.</summary>
    Task<int> AdmitWaitingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends a resume command for each payment or refund that is stuck, and a call-off command for each live reservation of what is called off; returns how many.
    /// </summary>
    Task<int> RepairPaymentsAsync(CancellationToken cancellationToken);

    /// <summary>Moves events from the outbox to the receivers and sends what waits there; returns how many were delivered.</summary>
    Task<int> DeliverWebhooksAsync(CancellationToken cancellationToken);
}
