using System.Collections.Concurrent;
using System.Text.Json;
using Concert.Testing.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace Concert.Rush.Listening;

/// <summary>
/// A receiver of webhooks for the time of one drill: registered before the rush, removed after it. What comes under a wrong signature is kept as a fault. The
/// service must be able to reach it: on one machine that takes <c>Webhooks:AllowPrivate=true</c>.
/// </summary>
public sealed class Listener : IAsyncDisposable
{
    /// <summary>The service knows a new receiver some seconds after it was registered.</summary>
    private static readonly TimeSpan UntilKnown = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<EventFact> _events = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly WebApplication _app;
    private readonly BookingApi _api;
    private readonly TimeProvider _time;
    private string? _webhook;
    private volatile StandardWebhook? _signature;

    private Listener(WebApplication app, BookingApi api, TimeProvider time) => (_app, _api, _time) = (app, api, time);

    /// <summary>Every event in the order in which it came, repeats included.</summary>
    public IReadOnlyList<EventFact> Events => [.. _events];

    /// <summary>What was wrong with requests that came.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    /// <summary>Listens and registers itself. Throws <see cref="ApiException"/> when the service does not take the address.</summary>
    public static async Task<Listener> StartAsync(Uri address, BookingApi api, string runId, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        var listener = new Listener(builder.Build(), api, time);
        try
        {
            listener._app.Run(listener.ReceiveAsync);
            await listener._app.StartAsync(cancellationToken);
            var url = new Uri(new Uri(listener._app.Urls.First()), $"/rush-{runId}").AbsoluteUri;
            var registered = (await api.RegisterWebhookAsync(url, $"{runId}-webhook", cancellationToken)).Require("Registering a webhook");
            (listener._webhook, listener._signature) = (registered.Id, new StandardWebhook(registered.Secret!));
            await Task.Delay(UntilKnown, time, cancellationToken);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every one of these events has come, or nothing has come for a while.</summary>
    public async Task AwaitAsync(IReadOnlyCollection<(string Reservation, string Type)> expected, TimeSpan longestSilence, CancellationToken cancellationToken)
    {
        var (seen, since) = (_events.Count, _time.GetTimestamp());
        while (expected.Except(_events.Select(e => (e.Reservation, e.Type))).Any() && _time.GetElapsedTime(since) < longestSilence)
        {
            await Task.Delay(Pause, _time, cancellationToken);
            if (_events.Count != seen)
            {
                (seen, since) = (_events.Count, _time.GetTimestamp());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_webhook is { } webhook)
        {
            await _api.RemoveWebhookAsync(webhook, CancellationToken.None);
        }

        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        try
        {
            (_signature ?? throw new WebhookVerificationException("It came before the receiver was registered.")).Verify(body, http.Request.Headers);
            using var json = JsonDocument.Parse(body);
            var data = json.RootElement.GetProperty("data");
            var about = data.TryGetProperty("reservation", out var reservation) ? reservation.GetProperty("id") : data.GetProperty("concertScheduleId");
            _events.Enqueue(new EventFact(http.Request.Headers["webhook-id"].ToString(), json.RootElement.GetProperty("type").GetString()!, about.GetString()!));
        }
        catch (Exception wrong) when (wrong is WebhookVerificationException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            _faults.Enqueue(wrong.Message);
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }
}

/// <summary>An event as it came.</summary>
/// <param name="Id">The same for every attempt.</param>
/// <param name="Type">For instance <c>reservation.held</c>.</param>
/// <param name="Reservation">What it is about; a schedule that was called off.</param>
public sealed record EventFact(string Id, string Type, string Reservation);
