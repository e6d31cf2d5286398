namespace Concert.Resilience.Tests.Abuse.Generation;

/// <summary>Values that have broken services before.</summary>
internal static class Junk
{
    /// <summary>JSON fragments, some of which are none.</summary>
    public static readonly string[] Json =
    [
        "null", "true", "false", "\"\"", "\" \"", "\"0\"", "0", "-0", "-1", "1", "2", "8", "9", "1.5", "1.0", "1e0", "1e2", "1e400", "-1e400", "1e-400", "0.1e1",
        "2147483647", "2147483648", "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "10000000", "10000001", "1000000000000", "1000000000001", "99999999999999999999999999999999999999", new('9', 400),
        "NaN", "Infinity", "-Infinity", "01", "+1", "0x10", "1_000", ".5", "5.", "'a'", "undefined", "{}", "[]", "[[]]", "[null]", "[{}]", "[\"\"]",
        "{\"from\":1}", "{\"from\":1,\"to\":9999999,\"price\":1}", "{\"from\":5,\"to\":1,\"price\":1}", "{\"from\":1,\"to\":2,\"price\":-1}",
        "{\"\\ud800\":1}", "[{\"number\":1.5,\"price\":1}]", "[{\"number\":1,\"price\":1},{\"number\":1,\"price\":1}]", "{\"$ref\":\"#\"}", "{\"__proto__\":{}}",
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\r\\nInjected: 1\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83c\\udfab\"", "\"\\u202eabc\"", "\"\\ufeff\"", "\"\\ufffe\"",
        "\"공연장\"", "\"👩‍👩‍👧‍👦\"", "\"Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢\"", "\"\\x41\"", "\"unterminated", "\"tab\there\"", "\"../../../etc/passwd\"", "\"<script>alert(1)</script>\"",
        "\"' OR '1'='1\"", "\"${jndi:ldap://localhost/a}\"", "\"{{7*7}}\"", "\"%00\"", "\"%s%n\"", "\"c:\"", "\"-\"", "\"--\"", "\"---\"", "\"caaaaaaaa-aaaaaa-1-1\"",
        "\"caaaaaaaa-aaaaaa-0-1\"", "\"caaaaaaaa-aaaaaa-1-01\"", "\"caaaaaaaa-aaaaaa-g1\"", "\"caaaaaaaa-aaaaaa-1-99999999999\"", "\"caaaaaaaa-aaaaaa-1.AAAA\"",
        "\"2027-07-03T19:00:00\"", "\"2027-02-30T00:00:00Z\"", "\"0001-01-01T00:00:00Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999Z\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"", "\"2027-07-03T19:00:60Z\"", "\"2027-07-03T24:00:00Z\"", "\"2027-07-03T19:00:00+99:99\"", "\"1\"", "1720000000",
        $"\"{new string('x', 65)}\"", $"\"{new string('x', 257)}\"", $"\"{new string('가', 64)}\"", $"\"{new string('x', 10_000)}\"", Deep(8), Deep(15), Deep(16), Deep(64), Deep(5_000),
        $"[{string.Join(',', Enumerable.Repeat("\"caaaaaaaa-aaaaaa-1-1\"", 101))}]", $"[{string.Join(',', Enumerable.Repeat("null", 20_000))}]",
    ];

    /// <summary>Text for a path segment, a query value or a header, as it goes on the wire.</summary>
    public static readonly string[] Wire =
    [
        "", "0", "-1", "1", "1.5", "101", "100", "1e2", "2147483648", "99999999999999999999", "%D9%A3", "%20", "+", "%2B", "null", "undefined", "true", "[]", "{}", "*", "**",
        "%00", "a%00b", "%0d%0aInjected:%201", "%0D%0A%0D%0A", "%0a", "%09", "%7f", "%1b%5b31m", "%FF", "%C0%AF", "%C3%28", "%E2%82", "%ED%A0%80", "%F4%90%80%80", "%", "%%", "%2", "%zz",
        "%25", "%252e%252e", "%u0041", "..", ".", "%2e%2e", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "..%5c", "..;", ";", ";a=b", "a;b", "%3b", "%2F", "%5C", "a/b", "//", "\\",
        "%F0%9F%8E%AB", "%EA%B0%80", "%E2%80%AE", "%EF%BB%BF", "c", "c-", "c--", "caaaaaaaa", "caaaaaaaa-aaaaaa", "caaaaaaaa-aaaaaa-1", "caaaaaaaa-aaaaaa-1-1", "caaaaaaaa-aaaaaa-g1",
        "caaaaaaaa-aaaaaa-1.AQAAAZq3f0c", "caaaaaaaa-aaaaaa-1.", "caaaaaaaa-aaaaaa-1..", "caaaaaaaa-aaaaaa-1.AQAA.AQAA", ".", "....", "r:AQAA", "wallet", "led:", "counters", "s:1",
        "bzpuZXh0", "bGVkOg", "bGVkOv8", "cmVxOg", "cmVxOgA", "cGF5eDo", "AAAA", "A", "_-_-", "%3Cscript%3E", "'%20OR%201=1", "${7*7}", "a&b=c", "a%26b", "a%3Db", "#", "%23", "?", "%3F",
        new('x', 64), new('x', 65), new('x', 256), new('x', 257), new('x', 1_025), new('x', 4_000), new('.', 300), new('-', 60), string.Concat(Enumerable.Repeat("%EA%B0%80", 300)),
    ];

    /// <summary>Header values; a line break among them is the client's attempt to add a header.</summary>
    public static readonly string[] Header =
    [
        "", " ", "\t", "a b", "\"", "\"\"", "'", ",", ",,,", ";", "=", "a=b", "*", "W/", "W/\"\"", "W/\"x\", \"y\"", "\"unterminated", "null", "0", "-1", "1", "99999999999999999999",
        "wait", "wait=", "wait=-1", "wait=0", "wait=1.5", "wait=\"0\"", "wait=99999999999", "wait=0;x", "respond-async, wait=0", "WAIT=0", "wait = 0", "wait=0, wait=1",
        "éÿ", "가나다", "\x7f", "\x01", "\x1b[31m", "\0", "a\rb", "a\nInjected: 1", "a\r\nInjected: 1", "a\r\n b", "%0d%0aInjected: 1",
        "a.b", ".", "..", "a.b.c", "e30.e30", "eyJhbGciOiJub25lIn0.e30.", "Bearer x", "caaaaaaaa", new('x', 255), new('x', 256), new('x', 2_048), new('x', 2_049), new('x', 7_000), new(',', 2_000),
        string.Concat(Enumerable.Repeat("\"x\",", 500)),
    ];

    public static string Deep(int depth) => new string('[', depth) + new string(']', depth);
}
