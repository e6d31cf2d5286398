using Concert.Booking.Calls;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Shared;

public sealed class RefusalCodesTests
{
    [Fact]
    public void Name_EveryCode_IsTheStableOne() => Enum.GetValues<RefusalCode>().Select(c => c.Name()).ShouldBe(
    [
        "invalid-request", "no-token", "bad-token", "token-expired", "not-admitted", "not-yours", "already-queued", "seat-taken", "sold-out",
        "booking-closed", "limit-reached", "hold-expired", "not-cancellable", "cancel-window-closed", "already-paid", "already-used", "not-valid",
        "insufficient-balance", "idempotency-mismatch", "too-many-requests", "unavailable",
    ]);

    [Fact]
    public void Unavailable_WithoutATime_SaysWhenToComeBack()
    {
        Refusal.Unavailable("away").RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        Refusal.Unavailable("away", TimeSpan.FromSeconds(9)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public void Value_OfARefusal_Throws()
    {
        Result<int> refused = Refusal.Invalid("no");
        Should.Throw<InvalidOperationException>(() => refused.Value);
        refused.IsRefused(out var refusal).ShouldBeTrue();
        refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);

        Result<int> given = 5;
        given.IsRefused(out _).ShouldBeFalse();
        given.Value.ShouldBe(5);
    }
}
