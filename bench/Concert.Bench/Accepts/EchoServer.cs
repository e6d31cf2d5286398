using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concert.Bench.Accepts;

/// <summary>What the echo takes and gives back: the same body as a reservation's.</summary>
internal sealed record EchoBody(string? InventoryId, int? Quantity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EchoBody))]
internal sealed partial class EchoJson : JsonSerializerContext;

/// <summary>Kestrel with nothing on it but one POST that reads JSON and writes it back.</summary>
internal static class EchoServer
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapPost("/api/reservation", async http =>
        {
            var body = await JsonSerializer.DeserializeAsync(http.Request.Body, EchoJson.Default.EchoBody, http.RequestAborted);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body!, EchoJson.Default.EchoBody);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = bytes.Length;
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        });
        app.UseEndpoints(_ => { });
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"API          {app.Urls.First()}/api");
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
