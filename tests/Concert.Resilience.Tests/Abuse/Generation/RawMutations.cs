using System.Text;
using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>Breaks the bytes of requests that would be refused even when whole: they name things of somebody else, under keys that chance does not find.</summary>
internal sealed class RawMutations(World world)
{
    private static readonly string[] Inserts =
        ["\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "\"", "%", "%00", "..", "//", "\xff\xfe", "\x80", "{", "[[[[", "0\r\n\r\n", "\r\n\r\n", " HTTP/1.1\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 0\r\n", "\r\n "];

    public (byte[] Bytes, bool HalfCloses) Make(int number)
    {
        var random = AbuseSettings.RandomOf(~number);
        var bytes = Encoding.Latin1.GetBytes(Base(random)).ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            Break(bytes, random);
        }

        return ([.. bytes], random.Next(4) > 0);
    }

    private string Base(Random random)
    {
        var attacker = world.AttackersOfPlayground[random.Next(world.AttackersOfPlayground.Count)];
        var head = $"Host: localhost\r\nqueue-token: {attacker.Token}\r\nConnection: close\r\n";
        var pay = $$"""{"reservationId":"{{world.Victim.Held}}"}""";
        return random.Next(6) switch
        {
            0 => $"POST /api/payment HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {pay.Length}\r\n\r\n{pay}",
            1 => $"POST /api/payment HTTP/1.1\r\n{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{pay.Length:x}\r\n{pay}\r\n0\r\n\r\n",
            2 => $"DELETE /api/reservation/{world.Victim.Paid} HTTP/1.1\r\n{head}Idempotency-Key: raw\r\nPrefer: wait=0\r\n\r\n",
            3 => $"POST /api/reservation/{world.Victim.Held}/cancel HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n",
            4 => $"GET /api/concert/available-seats?concertScheduleId={world.Victims.Schedule}&include=all HTTP/1.1\r\n{head}If-None-Match: \"1\", W/\"2\"\r\n\r\n",
            _ => $"GET /api/user/history?limit=5&continuation=bGVkOg HTTP/1.1\r\n{head}Accept: */*\r\n\r\n",
        };
    }

    private static void Break(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        var at = random.Next(bytes.Count);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Encoding.Latin1.GetBytes(Inserts[random.Next(Inserts.Length)]));
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 3_000)));
                break;
        }
    }
}
