using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Concert.Testing.Http;

/// <summary>An answer as it came over the wire.</summary>
public record RawReply(int Status, byte[] Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    /// <summary>Sends once and reads the whole answer.</summary>
    public static async Task<RawReply> ExchangeAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return new RawReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers, response.Content.Headers);
    }

    /// <summary>A request with any headers and any body: bytes and text as they are, anything else as JSON.</summary>
    public static HttpRequestMessage Request(string method, string path, object? body, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body as byte[] ?? Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body, body.GetType(), ApiJson.Options)));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"{name} is no header of a request.", nameof(headers));
            }
        }

        return request;
    }
}
