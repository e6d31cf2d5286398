namespace Concert.Testing.Promises;

/// <summary>
/// promise: a payment accepted before the hold's end counts, however late it is handled. Demanded where the service can know it: when its message was in the
/// queue while no clock could say yet that the hold was over.
/// </summary>
public static class AcceptedInTime
{
    public const string Id = "promise";

    /// <param name="payment">The payment.</param>
    /// <param name="reservation">Its reservation.</param>
    /// <param name="storedAt">When its message was stored by true time (Unix ms); null when it never was, or was given up as a dead letter.</param>
    /// <param name="promisedUntil">Until when a stored message was in time by every clock (Unix ms).</param>
    public static IEnumerable<BrokenPromise> Check(PaymentFact payment, ReservationFact? reservation, long? storedAt, long promisedUntil)
    {
        if (payment is { Status: Status.Failed, Reason: "hold-expired" } && reservation is { Status: Status.Expired, HoldEndsAt: { } ends }
            && payment.AcceptedAt < ends && storedAt < promisedUntil)
        {
            yield return new(Id, $"Payment {payment.Id} was accepted {ends - payment.AcceptedAt} ms before the hold's end and refused as {payment.Reason}");
        }
    }
}
