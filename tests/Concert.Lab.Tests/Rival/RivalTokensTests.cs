using Concert.Lab.Rival;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Concert.Lab.Tests.Rival;

/// <summary>The rival does the same work as ours only if it refuses what ours refuses.</summary>
public sealed class RivalTokensTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 26, 20, 0, 0, TimeSpan.Zero));

    [Fact]
    public void UserOf_GenuineToken_ItsUser() => new RivalTokens(_time).UserOf(Token()).ShouldBe("kim");

    [Fact]
    public void UserOf_TokenIsOver_Nobody()
    {
        var token = Token();
        _time.Advance(TimeSpan.FromMinutes(10));
        new RivalTokens(_time).UserOf(token).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("no dot")]
    [InlineData("!.!")]
    public void UserOf_NoToken_Nobody(string token) => new RivalTokens(_time).UserOf(token).ShouldBeNull();

    [Fact]
    public void UserOf_ChangedPayload_Nobody()
    {
        var (mine, other) = (Token().Split('.'), RivalTokens.Sign(new RivalClaims("2", "lee", long.MaxValue)).Split('.'));
        new RivalTokens(_time).UserOf($"{other[0]}.{mine[1]}").ShouldBeNull();
    }

    private string Token() => RivalTokens.Sign(new RivalClaims("1", "kim", _time.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds()));
}
