using Concert.Booking.Catalog;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Catalog;

[Trait("Rule", "R-PRINTED")]
public sealed class NaturalOrderTests
{
    [Theory]
    [InlineData("2", "10")]
    [InlineData("12", "12A")]
    [InlineData("12A", "12B")]
    [InlineData("12A", "13")]
    [InlineData("9Z", "10A")]
    [InlineData("A2", "A10")]
    [InlineData("A", "B")]
    [InlineData("가", "나")]
    [InlineData("1", "가")]
    [InlineData("7", "007b")]
    [InlineData("007", "7")]
    [InlineData("999999999999999999998", "999999999999999999999")]
    [InlineData("A", "AA")]
    [InlineData(null, "A")]
    public void Compare_Texts_AreInTheOrderOfPeople(string? before, string? after)
    {
        NaturalOrder.Instance.Compare(before, after).ShouldBeLessThan(0);
        NaturalOrder.Instance.Compare(after, before).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("12A")]
    [InlineData("")]
    [InlineData(null)]
    public void Compare_SameText_IsEqual(string? text) => NaturalOrder.Instance.Compare(text, text).ShouldBe(0);
}
