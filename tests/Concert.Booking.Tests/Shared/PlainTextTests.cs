using Concert.Booking.Calls;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Shared;

[Trait("Rule", "R-TEXT")]
public sealed class PlainTextTests
{
    private const int Most = 20;

    private static Result<string> Name(string? text) => PlainText.ReadName("A name", text, Most);

    private static Result<string> UserId(string? text) => PlainText.ReadUserId("userId", text, Most);

    // From the Unicode Character Database's NormalizationTest.txt: composed, decomposed, singletons, exclusions, order of marks, Hangul.
    [Theory]
    [InlineData("\u00E9", "e\u0301")]
    [InlineData("\u00C5", "\u212B")]
    [InlineData("\u00C5", "A\u030A")]
    [InlineData("\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC01", "\uAC00\u11A8")]
    [InlineData("\u1E69", "s\u0307\u0323")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u0915\u093C", "\u0958")]
    [InlineData("a\u0315\u0300\u05AEb", "a\u0315\u0300\u05AEb", "\u00E0\u05AE\u0315b")]
    [InlineData("\u6F22", "\uFA47")]
    [InlineData("\uD834\uDD57\uD834\uDD65", "\uD834\uDD5E")]
    [InlineData("\uFF21\u3000\uFB01", "\uFF21\u3000\uFB01")]
    public void ReadName_OtherSpelling_IsTheSameInNfc(string composed, string other, string? expected = null)
    {
        Name(composed).Value.ShouldBe(expected ?? composed);
        Name(other).Value.ShouldBe(expected ?? composed);
    }

    [Theory]
    [InlineData("여름밤 콘서트")]
    [InlineData("A")]
    [InlineData("#1 *")]
    [InlineData("\U0001F3B5\U0001F3B6")]
    [InlineData("\u2764\uFE0F")]
    [InlineData("1\uFE0F\u20E3")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("\U0001F469\U0001F3FD\u200D\U0001F3A4 live")]
    [InlineData("\u2764\uFE0F\u200D\U0001F525")]
    [InlineData("\U0001F1F0\U0001F1F7")]
    public void ReadName_AsItIsPrinted_IsKept(string name) => Name(name).Value.ShouldBe(name);

    [Theory]
    [InlineData("a\u0007b")]
    [InlineData("name\n")]
    [InlineData("\tname")]
    [InlineData("a\u200Bb")]
    [InlineData("a\u200Db")]
    [InlineData("\u200D\U0001F468")]
    [InlineData("\U0001F468\u200D")]
    [InlineData("\U0001F468\u200D\u200D\U0001F468")]
    [InlineData("\u202Egpj.exe")]
    [InlineData("a\uFEFF")]
    [InlineData("a\u00ADb")]
    [InlineData("a\u2028b")]
    [InlineData("a\uE000")]
    [InlineData("a\uFFFE")]
    [InlineData("a\u0378")]
    [InlineData("\U0001F3F4\U000E0067\U000E007F")]
    public void Read_CharacterThatIsNoText_IsRefused(string text)
    {
        Name(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        UserId(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    // An attribute's argument would be written as UTF-8, which has no halves.
    [Fact]
    public void Read_HalfOfASurrogatePair_IsRefused()
    {
        foreach (var text in new[] { "a\uD83C", "\uDFB5a", "\uDFB5\uD83C" })
        {
            Name(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
            UserId(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \u00A0\u3000\u2003 ")]
    [InlineData("\u200B")]
    [InlineData("\u0301\u0302")]
    [InlineData("\u20DD")]
    [InlineData("\u3164")]
    [InlineData("\u115F\u1160")]
    [InlineData("\uFFA0")]
    [InlineData("\u2800")]
    [InlineData("\uFE0F")]
    [InlineData("\u034F")]
    [InlineData("\U000E0100")]
    public void Read_NothingToSee_IsRefused(string? text)
    {
        Name(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        UserId(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
    }

    [Theory]
    [InlineData("kim\uFE0F")]
    [InlineData("kim\u3164")]
    [InlineData("kim\u034F")]
    [InlineData("kim\u00A0lee")]
    [InlineData("\U0001F468\u200D\U0001F469")]
    public void ReadUserId_WhatCannotBeSeen_IsRefused(string text)
    {
        UserId(text).Refusal!.Code.ShouldBe(RefusalCode.InvalidRequest);
        Name(text).Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(" \u3000kim lee\u00A0", "kim lee")]
    [InlineData("Kim", "Kim")]
    [InlineData("auth0|5f7c8ec7c33c", "auth0|5f7c8ec7c33c")]
    [InlineData("\U0001F600", "\U0001F600")]
    public void ReadUserId_BlanksAround_AreNotOfIt(string text, string id) => UserId(text).Value.ShouldBe(id);

    [Fact]
    public void Read_Length_IsOfCodePointsOfTheNormalisedText()
    {
        foreach (var one in new[] { "x", "\U0001F3B5", "e\u0301", "\u1100\u1161\u11A8", "\u03B1\u0313\u0300\u0345" })
        {
            var full = string.Concat(Enumerable.Repeat(one, Most));
            Name($"  {full}  ").Refusal.ShouldBeNull(one);
            UserId(full).Refusal.ShouldBeNull(one);
            Name(full + "x").Refusal!.Detail.ShouldContain($"longer than {Most}");
        }

        Name("x" + new string('\u0301', 1_000_000)).Refusal!.Detail.ShouldContain("longer than");
    }
}
