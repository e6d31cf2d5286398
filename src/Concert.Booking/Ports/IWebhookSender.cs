namespace Concert.Booking.Ports;

/// <summary>Delivers events to receivers outside of the service. It never throws for what a receiver does or fails to do: that is an answer.</summary>
public interface IWebhookSender
{
    /// <summary>
    /// Signs the event and posts it once, within the receiver's time limit. <see cref="WebhookAnswer.Failed"/> for every answer but 2xx, for no answer in
    /// time, and for a receiver that may not be called. Throws only when the caller cancels.
    /// </summary>
    Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken);

    /// <summary>Why nothing would ever be sent to this address; null when it may be called.</summary>
    string? WhyNot(Uri url);
}

/// <summary>One event for one receiver.</summary>
/// <param name="Url">The receiver.</param>
/// <param name="Secret">What the signature is made with: <c>whsec_</c> and base64.</param>
/// <param name="Id">The event's id: the same for every attempt, so that a receiver knows what it has.</param>
/// <param name="At">When this attempt is made.</param>
/// <param name="Body">UTF-8 JSON.</param>
public sealed record WebhookMessage(Uri Url, string Secret, string Id, DateTimeOffset At, string Body);

/// <summary>The answer of a receiver.</summary>
public abstract record WebhookAnswer
{
    private WebhookAnswer()
    {
    }

    /// <summary>2xx: the receiver has it.</summary>
    public sealed record Delivered : WebhookAnswer;

    /// <summary>It may or may not have it. <paramref name="Reason"/> is one line for whoever runs the receiver.</summary>
    public sealed record Failed(string Reason) : WebhookAnswer;
}
