using System.Text;
using Concert.Embedded.Storage;
using Shouldly;
using Xunit;

namespace Concert.Embedded.Tests.Storage;

public sealed class PackedJsonTests
{
    [Theory]
    [InlineData("{}", "x")]
    [InlineData("""{"code":"AQ","status":"HELD","userId":"u","seats":[{"n":1,"p":5}],"total":5,"id":"r:AQ","type":"reservation","due":17}""", "r:AQ")]
    [InlineData("""{ "status" : "HELD", "code":"", "x":"\u0001 \"status\":\"HELD\"","이름":"가나다" }""", "not in it")]
    [InlineData("""{"at":1,"reservation":"c1-a-1.AQ","id":"req:1:AQ","type":"request-entry"}""", "req:1:AQ")]
    [InlineData("""{"number":1,"status":"SOLD""", "s")]
    public void Pack_AnyJson_GivesItBackWithItsId(string text, string id)
    {
        var document = PackedDocument.Pack(Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(text), new DocumentFields(1, 2, 3, null), expiry: 4);
        Encoding.UTF8.GetString(document.ToJson().Span).ShouldBe(text);
        Encoding.UTF8.GetString(document.Id).ShouldBe(id);
        (document.Type, document.Status, document.Due, document.Expiry).ShouldBe(((ushort)1, (ushort)2, 3L, 4L));
    }

    [Fact]
    public void Pack_BytesThatStandForWords_StayAsTheyAre()
    {
        for (var b = 0; b < 256; b++)
        {
            byte[] bytes = [(byte)'{', (byte)b, .. """{"code":"AQ","status":"""u8, (byte)b];
            PackedDocument.Pack("i"u8, bytes, default, null).ToJson().ToArray().ShouldBe(bytes);
        }
    }

    [Fact]
    public void Pack_AReservation_TakesHalfTheRoom()
    {
        var json = """{"code":"AQGh-15TjwAAl6HxXfoHS2u69y-wnMX55qlN","status":"HELD","userId":"user-1","seats":[{"n":1,"p":150000}],"total":150000,"createdAt":1795218625423,"history":[{"at":1795218625423,"status":"PENDING"},{"at":1795218625456,"status":"HELD"}],"id":"r:AQGh-15TjwAAl6HxXfoHS2u69y-wnMX55qlN","type":"reservation","due":1795218625456,"holdEndsAt":1795218625456}"""u8;
        Span<byte> packed = new byte[json.Length];
        PackedJson.Pack(json, packed).ShouldBeInRange(1, json.Length * 6 / 10);
    }
}
