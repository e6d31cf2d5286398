using System.Security.Cryptography;
using Concert.Booking.Ids;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Identity;

public sealed class MacKeyTests
{
    [Fact]
    public void Code_OfRfc4231_IsItsCode()
    {
        var key = new MacKey("Jefe"u8.ToArray());
        for (var again = 0; again < 3; again++)
        {
            Convert.ToHexStringLower(key.Of("what do ya want for nothing?"u8)).ShouldBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        }
    }

    [Fact]
    public void Code_ManyAtOnce_IsEachTextsOwn()
    {
        var secret = new byte[32];
        var key = new MacKey(secret);
        Parallel.For(0, 10_000, i => key.Of(BitConverter.GetBytes(i)).ShouldBe(HMACSHA256.HashData(secret, BitConverter.GetBytes(i))));
    }
}
