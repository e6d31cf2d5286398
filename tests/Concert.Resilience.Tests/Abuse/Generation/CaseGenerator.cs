using Concert.Resilience.Tests.Abuse.Support;

namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>
/// One bad request for each number: an operation of the contract, called as it should be by somebody who may, and then broken in one or two places.
/// Most are refused. What luck lets through is a success like any other and is accounted for as one.
/// </summary>
internal sealed class CaseGenerator(World world, IReadOnlyList<ContractOperation> operations)
{
    /// <summary>Its token may end in the run: it is the only one that leaves the queue.</summary>
    private const int Leaver = 0;

    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY", "get", "Post", "FOO", "G\0T", "X" + new string('Y', 200), "GET,POST", "é"];

    private static readonly string[] MediaTypes =
    [
        "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=latin1",
        "application/json; charset=", "application/json;", "application/json; charset=\"utf-8\"", "application/vnd.concert+json", "application/json, text/plain", "json", "*/*", "application/",
        "/json", "application/json; a=b; a=c", "application/jsonx", "\0", "가", new string('a', 3_000), "application/cbor", "application/problem+json",
    ];

    private static readonly (string Name, string Value)[] Extras =
    [
        ("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/api/admin/concert"), ("X-Rewrite-URL", "/api/admin/concert"), ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Prefix", "/\r\nInjected: 1"), ("X-Forwarded-Host", "evil.example"), ("Host", "evil.example"), ("Host", ""), ("Host", "a b"), ("Host", "localhost:99999"),
        ("X-MS-CLIENT-PRINCIPAL-ID", "victim"), ("X-MS-CLIENT-PRINCIPAL", "e30="), ("traceparent", "00-zz-zz-zz"), ("traceparent", new string('0', 500)),
        ("traceparent", "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-01"), ("tracestate", new string('a', 5_000)), ("baggage", "a=b\x01"), ("Cookie", new string('c', 6_000)),
        ("Accept", "image/png"), ("Accept", "\0"), ("Accept-Encoding", "br;q=banana, *;q=99"), ("Accept-Language", "\"\"\"\""), ("Range", "bytes=0-1,5-2,-"), ("Expect", "100-continue"),
        ("Expect", "nonsense"), ("Upgrade", "h2c"), ("Upgrade", "websocket"), ("Connection", "close"), ("Connection", "queue-token, x-admin-key"), ("Content-Encoding", "gzip"),
        ("Content-Encoding", "identity"), ("Authorization", "Basic Og=="), ("X Bad", "1"), ("", "1"), ("X-\x01", "1"), ("Ω", "1"), ("Content-Type", "text/html"), ("If-Match", "*"),
        ("X-Long", new string('x', 9_000)), ("X-TooLong", new string('x', 17_000)),
    ];

    public (ContractOperation Operation, Request Request) Make(int number)
    {
        var random = AbuseSettings.RandomOf(number);
        var operation = operations[random.Next(operations.Count)];
        var call = Valid(operation, number, random);
        for (var i = random.Next(5) == 0 ? 2 : 1; i > 0; i--)
        {
            Break(call, operation, random);
        }

        return (operation, call.ToRequest());
    }

    private Call Valid(ContractOperation operation, int number, Random random)
    {
        var attackers = world.AttackersOfPlayground;
        var attacker = attackers[operation.Name == "LeaveQueue" ? Leaver : random.Next(Leaver + 1, attackers.Count)];
        var call = new Call(operation.Method, operation.Path);
        foreach (var parameter in operation.Parameters)
        {
            call.Values[(parameter.In, parameter.Name)] = Real(parameter.Example, operation, attacker, number);
        }

        if (operation.Security is "queue-token")
        {
            call.Headers.Add(("queue-token", attacker.Token));
        }
        else if (operation.Security is "x-admin-key")
        {
            call.Headers.Add(("x-admin-key", AbuseHost.AdminKey));
        }

        if (operation.Bodies.Count > 0)
        {
            call.Json = Real(operation.Bodies[random.Next(operation.Bodies.Count)], operation, attacker, number);
            call.MediaType = "application/json";
        }

        return call;
    }

    /// <summary>The contract's example with what exists here in its place.</summary>
    private string Real(string example, ContractOperation operation, Person attacker, int number)
    {
        const string concert = "c7k2m9xq4";
        const string schedule = concert + "-a1b2";
        var reservation = $"{schedule}-1.AQAAAZq3f0c";
        return example switch
        {
            "9f1c1a52-1" => $"case-{number}",
            "wait=5" => "wait=0",
            "bzpuZXh0" => "",
            _ => example
                .Replace($"{reservation}.Zx81kQ", world.Victim.Payment, StringComparison.Ordinal)
                .Replace(reservation, operation.Name is "CancelReservation" or "DeleteReservation" && number % 2 == 0 ? world.Victim.Held : attacker.Held, StringComparison.Ordinal)
                .Replace($"{schedule}-g1", world.Playground.Inventory, StringComparison.Ordinal)
                .Replace($"{schedule}-1-12", world.Playground.Seat(100 + (number % 300)), StringComparison.Ordinal)
                .Replace($"{schedule}-1-13", world.Playground.Seat(100 + ((number + 1) % 300)), StringComparison.Ordinal)
                .Replace(schedule, world.Playground.Schedule, StringComparison.Ordinal)
                .Replace(concert, world.Playground.Concert, StringComparison.Ordinal)
                .Replace("\"mina\"", $"\"user-{number % 200}\"", StringComparison.Ordinal),
        };
    }

    private static void Break(Call call, ContractOperation operation, Random random)
    {
        var kind = random.Next(10);
        switch (kind)
        {
            case 0 or 1 or 2 when call.Json is not null:
                call.Body = BodyMutations.Mutate(call.Json, random);
                break;
            case 3 when call.Json is not null:
                call.MediaType = MediaTypes[random.Next(MediaTypes.Length)];
                break;
            case 0 or 1 or 2 or 3 when call.Values.Count > 0:
                BreakParameter(call, random);
                break;
            case 4:
                BreakCredentials(call, operation, random);
                break;
            case 5:
                call.Method = Methods[random.Next(Methods.Length)];
                break;
            case 6:
                call.Shape = random.Next(1, Call.Shapes);
                break;
            case 7 when call.Values.Count > 0:
                BreakParameter(call, random);
                break;
            case 8 when call.Json is null:
                call.Body = BodyMutations.Mutate("{\"a\":1}", random);
                call.MediaType = "application/json";
                break;
            default:
                call.Headers.Add(Extras[random.Next(Extras.Length)]);
                break;
        }
    }

    private static void BreakParameter(Call call, Random random)
    {
        var (key, value) = call.Values.ElementAt(random.Next(call.Values.Count));
        var junk = key.In == "header" ? Junk.Header : Junk.Wire;
        switch (random.Next(6))
        {
            case 0 when key.In != "path":
                call.Values.Remove(key);
                break;
            case 1 when key.In != "path":
                call.Again.Add((key.In, key.Name, random.Next(2) == 0 ? value : junk[random.Next(junk.Length)]));
                break;
            case 2 when key.In == "query":
                call.Values.Remove(key);
                call.Values[(key.In, random.Next(2) == 0 ? key.Name.ToUpperInvariant() : key.Name + "[]")] = value;
                break;
            case 3:
                call.Values[key] = value + junk[random.Next(junk.Length)];
                break;
            default:
                call.Values[key] = junk[random.Next(junk.Length)];
                break;
        }
    }

    private static void BreakCredentials(Call call, ContractOperation operation, Random random)
    {
        var name = operation.Security ?? (random.Next(2) == 0 ? "queue-token" : "x-admin-key");
        var value = call.Headers.FirstOrDefault(h => h.Name == name).Value ?? "";
        var junk = Junk.Header[random.Next(Junk.Header.Length)];
        if (random.Next(4) > 0)
        {
            call.Headers.RemoveAll(h => h.Name == name);
        }

        switch (random.Next(4))
        {
            case 0:
                call.Headers.Add((name, value + junk));
                break;
            case 1 when value.Length > 0:
                call.Headers.Add((name, value[..random.Next(value.Length)]));
                break;
            case 2:
                break;
            default:
                call.Headers.Add((name, junk));
                break;
        }
    }
}
