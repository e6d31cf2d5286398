using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace Concert.Lab.Rival;

internal sealed record HoldRequest(string? InventoryId, int? Quantity);

internal sealed record HoldAnswer(bool Success, HoldView? Data, string? Code = null);

internal sealed record HoldView(string Id, string Status, string InventoryId, int Quantity, long TotalAmount, DateTimeOffset HoldExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HoldRequest))]
[JsonSerializable(typeof(HoldAnswer))]
internal sealed partial class RivalJson : JsonSerializerContext;

/// <summary>
/// What a good team would build instead: ASP.NET Core and PostgreSQL, stateless, one transaction a hold, answered when it is committed. A minimal API, generated JSON,
/// no logging of requests; the database as in the rest of the lab.
/// </summary>
internal static class RivalService
{
    /// <param name="postgres">Connection string with the database's name.</param>
    /// <param name="forUpdate"><c>SELECT … FOR UPDATE</c>; else a conditional UPDATE.</param>
    /// <param name="equal">With token, limit per user and history; else the bare hold.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RunAsync(string postgres, bool forUpdate, bool equal, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres)
        {
            MaxPoolSize = 16,
            MinPoolSize = 16,
            Timeout = 60,
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
        });
        var tokens = new RivalTokens(TimeProvider.System);
        var holds = new RivalHolds(source, forUpdate, equal);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        app.MapPost("/api/reservation", http => HandleAsync(http, equal ? tokens : null, holds));
        app.UseEndpoints(_ => { });
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"API          {app.Urls.First()}/api");
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task HandleAsync(HttpContext http, RivalTokens? tokens, RivalHolds holds)
    {
        var user = tokens is null ? "anybody" : tokens.UserOf(http.Request.Headers["queue-token"].ToString());
        if (user is null)
        {
            await AnswerAsync(http, StatusCodes.Status401Unauthorized, new HoldAnswer(false, null, "bad-token"));
            return;
        }

        HoldRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(http.Request.Body, RivalJson.Default.HoldRequest, http.RequestAborted);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is not { InventoryId: { Length: > 0 and <= 64 } inventory, Quantity: >= 1 and <= 8 })
        {
            await AnswerAsync(http, StatusCodes.Status400BadRequest, new HoldAnswer(false, null, "invalid-request"));
            return;
        }

        var hold = await holds.HoldAsync(user, inventory, request.Quantity.Value);
        await (hold is { } view
            ? AnswerAsync(http, StatusCodes.Status201Created, new HoldAnswer(true, view))
            : AnswerAsync(http, StatusCodes.Status409Conflict, new HoldAnswer(false, null, "sold-out")));
    }

    private static Task AnswerAsync(HttpContext http, int status, HoldAnswer answer)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, RivalJson.Default.HoldAnswer);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
