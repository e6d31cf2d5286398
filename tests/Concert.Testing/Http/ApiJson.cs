using System.Text.Json;

namespace Concert.Testing.Http;

/// <summary>Reads and writes the API's bodies.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);

    internal static ApiAnswer<T> Success<T>(ApiAnswer<T> answer, byte[] body)
        where T : class
    {
        if (body.Length == 0)
        {
            return answer;
        }

        try
        {
            return answer with { Data = JsonSerializer.Deserialize<Envelope<T>>(body, Options)?.Data };
        }
        catch (JsonException)
        {
            return answer with { Code = "unreadable-answer" };
        }
    }

    internal static ApiAnswer<T> Failure<T>(ApiAnswer<T> answer, byte[] body)
        where T : class
    {
        string? code = null;
        try
        {
            code = body.Length == 0 ? null : JsonSerializer.Deserialize<Problem>(body, Options)?.Code;
        }
        catch (JsonException)
        {
            // A gateway's page: its status says what there is to say.
        }

        return answer with { Code = code ?? $"http-{answer.Status}" };
    }

    private sealed record Envelope<T>(T? Data);

    private sealed record Problem(string? Code);
}
