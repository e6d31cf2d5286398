using System.Collections.Concurrent;
using Concert.Booking.Ports;

namespace Concert.Testing.Fakes;

/// <summary>Receivers that answer as a test says. Addresses that begin with https may be called.</summary>
public sealed class FakeWebhookSender : IWebhookSender
{
    private readonly ConcurrentQueue<WebhookMessage> _sent = new();

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<WebhookMessage> Attempts => [.. _sent];

    /// <summary>What a receiver answers; by default it takes everything.</summary>
    public Func<WebhookMessage, CancellationToken, Task<WebhookAnswer>> Answer { get; set; } = static (_, _) => Task.FromResult<WebhookAnswer>(new WebhookAnswer.Delivered());

    public Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (WhyNot(message.Url) is { } reason)
        {
            return Task.FromResult<WebhookAnswer>(new WebhookAnswer.Failed(reason));
        }

        _sent.Enqueue(message);
        return Answer(message, cancellationToken);
    }

    public string? WhyNot(Uri url) => url.Scheme == Uri.UriSchemeHttps ? null : "url must begin with https://.";
}
