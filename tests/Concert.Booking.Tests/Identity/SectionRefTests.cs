using Concert.Booking.Ids;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Identity;

public sealed class SectionRefTests
{
    [Fact]
    public void SeatId_RoundTrip_SaysWhereItLives()
    {
        SectionRef.TryParseSeat("cab2-xyz7-3-120", out var section, out var number).ShouldBeTrue();

        section.ShouldBe(new SectionRef("cab2-xyz7", "3"));
        number.ShouldBe(120);
        section.SeatId(number).ShouldBe("cab2-xyz7-3-120");
        section.PartitionKey.ShouldBe("cab2-xyz7:3");
        section.ConcertId.ShouldBe("cab2");
        section.IsInventory.ShouldBeFalse();
    }

    [Fact]
    public void InventoryId_RoundTrip_SaysWhereItLives()
    {
        SectionRef.TryParseInventory("cab2-xyz7-g2", out var section).ShouldBeTrue();

        section.ShouldBe(new SectionRef("cab2-xyz7", "g2"));
        section.InventoryId.ShouldBe("cab2-xyz7-g2");
        section.IsInventory.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("cab-xyz-1")]
    [InlineData("cab-xyz-1-2-3")]
    [InlineData("cab-xyz-1-0")]
    [InlineData("cab-xyz-1-01")]
    [InlineData("cab-xyz-01-1")]
    [InlineData("cab-xyz-1-+1")]
    [InlineData("cab-xyz-1-1 ")]
    [InlineData("cab-xyz-1--1")]
    [InlineData("cab-xyz-1-1000000000")]
    [InlineData("cab-xyz-g1-1")]
    [InlineData("cab-xyz-1-١")]
    [InlineData("Cab-xyz-1-1")]
    [InlineData("cAb-xyz-1-1")]
    [InlineData("dab-xyz-1-1")]
    [InlineData("cab-xy:z-1-1")]
    [InlineData("cab--1-1")]
    public void TryParseSeat_NotCanonical_IsRefused(string? id)
    {
        SectionRef.TryParseSeat(id, out var section, out var number).ShouldBeFalse();
        section.ShouldBe(default);
        number.ShouldBe(0);
    }

    [Fact]
    public void TryParseSeat_LargestNumber_IsRead()
    {
        SectionRef.TryParseSeat("cab-xyz-1-999999999", out _, out var number).ShouldBeTrue();
        number.ShouldBe(999_999_999);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryParse_Length_IsLimited(int length, bool parses) =>
        SectionRef.TryParse("c" + new string('a', length - 5) + "-b-1", out _).ShouldBe(parses);

    [Theory]
    [InlineData("cab-xyz-1", true)]
    [InlineData("cab-xyz-g1", true)]
    [InlineData("cab-xyz-g0", false)]
    [InlineData("cab-xyz-g01", false)]
    [InlineData("cab-xyz-g", false)]
    [InlineData("cab-xyz-h1", false)]
    [InlineData("cab-xyz-", false)]
    [InlineData("cab-xyz", false)]
    [InlineData("cab-xyz-1-1", false)]
    public void TryParse_Section_TakesTheOneSpelling(string id, bool parses) => SectionRef.TryParse(id, out _).ShouldBe(parses);

    [Theory]
    [InlineData("cab-xyz-1")]
    [InlineData("cab-xyz")]
    [InlineData("cab-xyz-g0")]
    public void TryParseInventory_SomethingElse_IsRefused(string id)
    {
        SectionRef.TryParseInventory(id, out var section).ShouldBeFalse();
        section.ShouldBe(default);
    }

    [Theory]
    [InlineData("cab-xyz", "cab")]
    [InlineData("cab", null)]
    [InlineData("cab-xyz-1", null)]
    [InlineData("cab-", null)]
    [InlineData("CAB-xyz", null)]
    public void TryParseSchedule_Id_GivesItsConcert(string id, string? concert)
    {
        SectionRef.TryParseSchedule(id, out var found).ShouldBe(concert is not null);
        found.ShouldBe(concert ?? "");
    }
}
