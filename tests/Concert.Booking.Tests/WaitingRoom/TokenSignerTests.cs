using System.Buffers.Text;
using System.Text;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Ports;
using Concert.Booking.Tests.Support;
using Concert.Booking.WaitingRoom;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.WaitingRoom;

[Trait("Rule", "R-TOKEN")]
public sealed class TokenSignerTests : IDisposable
{
    private static readonly TokenClaims Claims = new(new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), "kim", "cab", World.Start.ToUniversalTime());

    private readonly World _world = new();

    private TokenSigner Signer => _world.Get<TokenSigner>();

    public void Dispose() => _world.Dispose();

    private static void ShouldBeBad(Result<TokenClaims> result) => result.Refusal!.Code.ShouldBe(RefusalCode.BadToken);

    [Fact]
    public void Verify_SignedByUs_GivesTheClaimsBack()
    {
        var token = Signer.Sign(Claims);

        Signer.Verify(token).Value.ShouldBe(Claims);
        var parts = token.Split('.');
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]))
            .ShouldBe($$"""{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","user":"kim","room":"cab","iat":{{World.Start.ToUnixTimeMilliseconds()}}}""");
        Base64Url.DecodeFromChars(parts[1]).Length.ShouldBe(32);
    }

    [Fact]
    public void Verify_AnyBitOfAnyCharacterChanged_IsRefused()
    {
        var token = Signer.Sign(Claims);
        for (var i = 0; i < token.Length; i++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var changed = token[..i] + (char)(token[i] ^ (1 << bit)) + token[(i + 1)..];
                ShouldBeBad(Signer.Verify(changed));
            }
        }
    }

    [Fact]
    public void Verify_Truncated_IsRefused()
    {
        var token = Signer.Sign(Claims);
        for (var length = 0; length < token.Length; length++)
        {
            ShouldBeBad(Signer.Verify(token[..length]));
            ShouldBeBad(Signer.Verify(token[^length..]));
        }
    }

    [Fact]
    public void Verify_PayloadsSwapped_IsRefused()
    {
        var one = Signer.Sign(Claims).Split('.');
        var two = Signer.Sign(Claims with { UserId = "lee" }).Split('.');

        ShouldBeBad(Signer.Verify($"{one[0]}.{two[1]}"));
        ShouldBeBad(Signer.Verify($"{two[0]}.{one[1]}"));
        ShouldBeBad(Signer.Verify($"{one[0]}.{one[0]}.{one[1]}"));
        ShouldBeBad(Signer.Verify($"{one[0]}.{one[1]}."));
        ShouldBeBad(Signer.Verify($"{one[0]}.{one[1]}="));
    }

    [Fact]
    public void Verify_SignedWithAnotherKey_IsRefused()
    {
        using var foreign = new World(("WaitingRoom:SigningKey", new string('f', 32)));

        ShouldBeBad(Signer.Verify(foreign.Get<TokenSigner>().Sign(Claims)));
    }

    [Fact]
    public void Verify_SignedWithThePreviousKey_IsAcceptedUntilTheKeyIsGone()
    {
        var old = Signer.Sign(Claims);
        using var rotated = new World(
            ("WaitingRoom:SigningKey", new string('n', 32)), ("WaitingRoom:PreviousSigningKey", new string('k', 32)));
        using var gone = new World(("WaitingRoom:SigningKey", new string('n', 32)));

        rotated.Get<TokenSigner>().Verify(old).Value.ShouldBe(Claims);
        ShouldBeBad(gone.Get<TokenSigner>().Verify(old));
        gone.Get<TokenSigner>().Verify(rotated.Get<TokenSigner>().Sign(Claims)).Value.ShouldBe(Claims);
    }

    [Fact]
    public void Verify_TooOld_IsExpired()
    {
        var token = Signer.Sign(Claims);

        _world.Time.AdjustTime(World.Start.AddHours(24));
        Signer.Verify(token).Value.ShouldBe(Claims);
        _world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Signer.Verify(token).Refusal!.Code.ShouldBe(RefusalCode.TokenExpired);
    }

    [Fact]
    public void Verify_ClockSetBackSinceTheIssue_IsStillGenuine() =>
        Signer.Verify(Signer.Sign(Claims with { IssuedAt = World.Start.AddHours(1) })).Value.IssuedAt.ShouldBe(World.Start.AddHours(1));

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","user":"kim","iat":0}""")]
    [InlineData("""{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","room":"cab","iat":0}""")]
    [InlineData("""{"user":"kim","room":"cab","iat":0}""")]
    [InlineData("""{"id":"nine","user":"kim","room":"cab","iat":0}""")]
    [InlineData("""{"id":"0f8fad5bd9cb469fa16570867728950e","user":"kim","room":"cab","iat":0}""")]
    [InlineData("""{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","user":"kim","room":"cab","iat":9223372036854775807}""")]
    public void Verify_SignedButUnreadable_IsRefused(string json) => ShouldBeBad(Signer.Verify(Signed(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)))));

    [Fact]
    public void Verify_SignedButNotBase64_IsRefused() => ShouldBeBad(Signer.Verify(Signed("!!!!")));

    [Fact]
    public void Verify_TooLong_IsRefused()
    {
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","user":"{{new string('k', 1_600)}}","room":"cab","iat":{{World.Start.ToUnixTimeMilliseconds()}}}"""));
        ShouldBeBad(Signer.Verify(Signed(payload)));
    }

    [Fact]
    public void Sign_LongestUserInAnyScript_CanBeVerified()
    {
        var claims = Claims with { UserId = new string('가', 64), Room = "c" + new string('a', 63) };

        Signer.Verify(Signer.Sign(claims)).Value.ShouldBe(claims);
    }

    private string Signed(string payload) =>
        payload + "." + Base64Url.EncodeToString(_world.Get<KeyRing>().Tokens[0].Of(Encoding.ASCII.GetBytes(payload)));
}
