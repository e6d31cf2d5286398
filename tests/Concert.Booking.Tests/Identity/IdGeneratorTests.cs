using System.Buffers.Text;
using Concert.Booking.Ids;
using Concert.Booking.Paging;
using Concert.Booking.Tests.Support;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Identity;

public sealed class IdGeneratorTests : IDisposable
{
    private readonly World _world = new();

    private IdGenerator Minter => _world.Minter;

    public void Dispose() => _world.Dispose();

    private ReservationId Reservation(string user = "kim", string? key = null, int shard = 300) =>
        Minter.NewReservation(World.Seats, user, _ => shard);

    [Fact]
    public void Reservation_RoundTrip_KeepsWhereWhenAndWhich()
    {
        var id = Reservation();

        ReservationId.TryParse(id.ToString(), out var parsed).ShouldBeTrue();

        parsed.ShouldBe(id);
        parsed.Section.ShouldBe(World.Seats);
        parsed.CreatedAt.ShouldBe(World.Start.ToUniversalTime());
        parsed.SessionId.ShouldBe($"{World.ScheduleId}:1:300");
        parsed.DocumentId.ShouldBe("r:" + parsed.Code);
        parsed.ToString().ShouldStartWith($"{World.ScheduleId}-1.");
        Minter.IsGenuine(parsed, "kim").ShouldBeTrue();
    }

    [Fact]
    public void Payment_RoundTrip_KeepsItsReservation()
    {
        var reservation = Reservation();
        var id = Minter.NewPayment(reservation, "kim");

        PaymentId.TryParse(id.ToString(), out var parsed).ShouldBeTrue();

        parsed.ShouldBe(id);
        parsed.Reservation.ShouldBe(reservation);
        parsed.CreatedAt.ShouldBe(World.Start.ToUniversalTime());
        parsed.DocumentId.ShouldBe($"pay:{ListKey.NewestFirst(parsed.CreatedAt.ToUnixTimeMilliseconds())}:{parsed.Code}");
        Minter.IsGenuine(parsed, "kim").ShouldBeTrue();
    }

    [Fact]
    public void Reservation_AnyBitChanged_IsNotGenuine()
    {
        var id = Reservation();
        var bytes = Base64Url.DecodeFromChars(id.Code);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Minter.IsGenuine(new ReservationId(id.Section, Base64Url.EncodeToString(changed)), "kim").ShouldBeFalse($"bit {bit}");
        }
    }

    [Fact]
    public void Payment_AnyBitChanged_IsNotGenuine()
    {
        var id = Minter.NewPayment(Reservation(), "kim");
        var bytes = Base64Url.DecodeFromChars(id.Code);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = (byte[])bytes.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Minter.IsGenuine(new PaymentId(id.Reservation, Base64Url.EncodeToString(changed)), "kim").ShouldBeFalse($"bit {bit}");
        }
    }

    [Fact]
    public void Ids_OfAnotherUser_AreNotGenuine()
    {
        var reservation = Reservation();
        Minter.IsGenuine(reservation, "lee").ShouldBeFalse();
        Minter.IsGenuine(Minter.NewPayment(reservation, "kim"), "lee").ShouldBeFalse();
        Minter.IsGenuine(Minter.NewPayment(reservation, "lee"), "lee").ShouldBeFalse("the reservation is not lee's");
    }

    [Fact]
    public void Ids_MovedToAnotherPlace_AreNotGenuine()
    {
        var reservation = Reservation();
        Minter.IsGenuine(reservation with { Section = World.Large }, "kim").ShouldBeFalse();
        var payment = Minter.NewPayment(reservation, "kim");
        Minter.IsGenuine(payment with { Reservation = Reservation() }, "kim").ShouldBeFalse();
    }

    [Fact]
    public void Ids_SignedWithThePreviousKey_AreStillGenuine()
    {
        var old = Reservation();
        using var rotated = new World(
            ("WaitingRoom:SigningKey", new string('n', 32)), ("WaitingRoom:PreviousSigningKey", new string('k', 32)));
        using var forgotten = new World(("WaitingRoom:SigningKey", new string('n', 32)));

        rotated.Minter.IsGenuine(old, "kim").ShouldBeTrue();
        forgotten.Minter.IsGenuine(old, "kim").ShouldBeFalse();
        forgotten.Minter.IsGenuine(rotated.Minter.NewReservation(World.Seats, "kim", _ => 0), "kim").ShouldBeTrue("the current key signs");
    }

    [Fact]
    public void Ids_MintedTwice_AreNeverTheSame()
    {
        var reservation = Reservation();
        Reservation().ShouldNotBe(reservation);
        Minter.NewPayment(reservation, "kim").ShouldNotBe(Minter.NewPayment(reservation, "kim"));
        Minter.NewCatalogId("c", 8).ShouldNotBe(Minter.NewCatalogId("c", 8));
        Minter.NewTokenId().ShouldNotBe(Minter.NewTokenId());
    }

    [Fact]
    public void Reservation_ShardFromTheNonce_SpreadsOverAllSessions()
    {
        var shards = Enumerable.Range(0, 2_000)
            .Select(_ => Minter.NewReservation(World.Floor, "kim", hash => (int)(hash % 16)).SessionId)
            .GroupBy(s => s, StringComparer.Ordinal).Select(g => g.Count()).ToList();

        shards.Count.ShouldBe(16);
        shards.ShouldAllBe(count => count > 60 && count < 200);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("cab-xyz-1")]
    [InlineData("cab-xyz-1.")]
    [InlineData("cab-xyz-1.AAAA")]
    [InlineData("cab-xyz.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cab-xyz-01.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cab-xyz-1.AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cab-xyz-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cab-xyz-1.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("cab-xyz-1.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ")]
    [InlineData("cab-xyz-1.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/")]
    [InlineData("cab-xyz-1.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Reservation_WrongForm_IsNotParsed(string text) => ReservationId.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("AQ", true)]
    [InlineData("Ag", false)]
    public void Reservation_Form_IsTheOneKnown(string form, bool known) =>
        ReservationId.TryParse($"cab-xyz-1.{form}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", out _).ShouldBe(known);

    [Fact]
    public void Payment_WrongForm_IsNotParsed()
    {
        var id = Minter.NewPayment(Reservation(), "kim").ToString();

        PaymentId.TryParse(null, out _).ShouldBeFalse();
        PaymentId.TryParse("", out _).ShouldBeFalse();
        PaymentId.TryParse(id[..id.LastIndexOf('.')], out _).ShouldBeFalse();
        PaymentId.TryParse(id + "A", out _).ShouldBeFalse();
        PaymentId.TryParse(id[..^1], out _).ShouldBeFalse();
        var last = id[^1] == 'B' ? 'C' : 'B';
        PaymentId.TryParse(id[..^1] + last, out _).ShouldBeFalse("the spare bits of the last character are zero");
        var dot = id.LastIndexOf('.');
        PaymentId.TryParse(id[..(dot + 1)] + "Aw" + id[(dot + 3)..], out _).ShouldBeFalse("form 3 is not known");
        PaymentId.TryParse("x" + id, out _).ShouldBeFalse();
    }

    [Fact]
    public void IsYoung_UntilRefusalsAreForgotten_AndNoLonger()
    {
        var at = _world.Time.GetUtcNow();
        Minter.IsYoung(at - TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(1)).ShouldBeTrue();
        Minter.IsYoung(at - TimeSpan.FromDays(7)).ShouldBeFalse();
    }

    [Fact]
    public void CatalogId_Random_HasTheLengthAndAlphabet()
    {
        var id = Minter.NewCatalogId("c", 8);

        id.Length.ShouldBe(9);
        id[0].ShouldBe('c');
        id[1..].ShouldAllBe(c => "abcdefghijklmnopqrstuvwxyz234567".Contains(c));
    }

    [Fact]
    public void Reference_Random_HasSixteenCharacters()
    {
        Minter.NewReference().Length.ShouldBe(16);
        Minter.NewReference().ShouldNotBe(Minter.NewReference());
    }

    [Fact]
    public void StableHash_KnownInput_IsFnv1a()
    {
        StableHash.Of([]).ShouldBe(2166136261u);
        StableHash.Of("a"u8).ShouldBe(0xE40C292Cu);
        StableHash.Of("foobar"u8).ShouldBe(0xBF9CF968u);
    }

    [Fact]
    public void KeyRing_Purposes_HaveDifferentKeys()
    {
        var keys = _world.Get<KeyRing>();
        keys.Tokens.ShouldHaveSingleItem().Of("text"u8).ShouldNotBe(keys.Ids.ShouldHaveSingleItem().Of("text"u8));
    }

    [Fact]
    public void RandomUuid_Always_HasVersionAndVariant()
    {
        for (var i = 0; i < 64; i++)
        {
            var text = Minter.NewTokenId().ToString("D");
            text[14].ShouldBe('4');
            text[19].ShouldBeOneOf('8', '9', 'a', 'b');
        }

        Enumerable.Range(0, 64).Select(_ => Minter.NewTokenId().ToString("D")[19]).Distinct().Count().ShouldBeGreaterThan(1);
    }
}
