using System.Text;
using ADRaffy.ENSNormalize;
using Concert.Booking.Calls;
using Concert.Booking.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Properties;

/// <summary>Texts that read the same are one, whatever they are made of.</summary>
[Trait("Rule", "R-TEXT")]
public sealed class TextProperties
{
    // Letters, precomposed letters, marks, Hangul and its parts, what is beyond the first plane, blanks, and what is refused.
    private static readonly Gen<int> CodePoints = Gen.Frequency(
        (4, Gen.Choose('a', 'z')), (3, Gen.Choose(0xC0, 0x17F)), (3, Gen.Choose(0x300, 0x345)), (2, Gen.Choose(0xAC00, 0xD7A3)), (2, Gen.Choose(0x1100, 0x11C2)),
        (1, Gen.Choose(0x1E00, 0x1FBC)), (1, Gen.Choose(0x1F300, 0x1F64F)), (1, Gen.Elements(0x20, 0xA0, 0x3000, 0x200D, 0x1D15E, 0x212B)));

    private static readonly Arbitrary<string> Texts = CodePoints.ArrayOf().Select(points =>
        string.Concat(points.Where(Rune.IsValid).Select(point => new Rune(point).ToString()))).ToArbitrary();

    [Fact]
    public void UserId_InAnyForm_IsOneOrRefusedInAll() => Check.One(PropertyRuns.Of(3_000), Prop.ForAll(Texts, text =>
    {
        var read = Read(text);
        Read(ENSNormalize.NF.NFD(text)).ShouldBe(read);
        Read(ENSNormalize.NF.NFC(text)).ShouldBe(read);
        Read($" {text}\u3000").ShouldBe(read);
        if (read is not null)
        {
            Read(read).ShouldBe(read);
        }
    }));

    [Fact]
    public void Name_InAnyForm_IsOneOrRefusedInAll() => Check.One(PropertyRuns.Of(3_000), Prop.ForAll(Texts, text =>
    {
        var read = PlainText.ReadName("A name", text, 100).Refusal is null ? PlainText.ReadName("A name", text, 100).Value : null;
        PlainText.ReadName("A name", ENSNormalize.NF.NFD(text), 100).Refusal.ShouldBe(PlainText.ReadName("A name", text, 100).Refusal);
        if (read is not null)
        {
            PlainText.ReadName("A name", ENSNormalize.NF.NFD(text), 100).Value.ShouldBe(read);
            read.EnumerateRunes().Count().ShouldBeInRange(1, 100);
        }
    }));

    [Fact]
    public void Wallet_ChargedInTwoForms_IsOne() => Check.One(PropertyRuns.Of(60), Prop.ForAll(Texts, text =>
    {
        if (Read(text) is not { } user)
        {
            return;
        }

        using var world = new World();
        world.ChargeAsync(user, 1).GetAwaiter().GetResult();
        world.ChargeAsync(Read(ENSNormalize.NF.NFD(user))!, 2).GetAwaiter().GetResult();
        world.Balance(user).ShouldBe(3);
    }));

    private static string? Read(string text) => PlainText.ReadUserId("userId", text, 64) is { Refusal: null } read ? read.Value : null;
}
