using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Concert.Booking.Ports;
using Microsoft.Extensions.Options;
using StandardWebhooks;

namespace Concert.Api.Webhooks;

/// <summary>
/// Posts events over HTTPS. The address that a name resolves to is looked at when the connection is made, so that a name which changes its mind between the
/// check and the call gains nothing. No redirect is followed and no proxy asked.
/// </summary>
internal sealed class HttpWebhookSender : IWebhookSender, IDisposable
{
    private readonly IOptions<WebhookOptions> _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public HttpWebhookSender(IOptions<WebhookOptions> options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = options.Value.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16,
        };
        // The limit of one call is the message's own, on the injected clock.
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ConcertBooking", "1.0"));
    }

    public string? WhyNot(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.Scheme != Uri.UriSchemeHttps && !(_options.Value.AllowPrivate && url.Scheme == Uri.UriSchemeHttp))
        {
            return "url must begin with https://.";
        }

        return IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) && !MayCall(address) ? "url may not be a private address." : null;
    }

    public async Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (WhyNot(message.Url) is { } reason)
        {
            return new WebhookAnswer.Failed(reason);
        }

        using var limit = new CancellationTokenSource(_options.Value.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = Signed(message);
            // Whatever the receiver has to say besides its status is not read.
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? new WebhookAnswer.Delivered() : new WebhookAnswer.Failed($"{(int)response.StatusCode} {response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer.Failed($"No answer within {_options.Value.Timeout.TotalSeconds:0.#} s.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or AuthenticationException)
        {
            return new WebhookAnswer.Failed((fault.InnerException as ForbiddenAddressException ?? fault).Message.ReplaceLineEndings(" "));
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Signed(WebhookMessage message)
    {
        var content = new StringContent(message.Body, System.Text.Encoding.UTF8, "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, message.Url) { Content = content };
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", message.At.ToUnixTimeSeconds().ToString());
        request.Headers.Add("webhook-signature", new StandardWebhook(message.Secret).Sign(message.Id, message.At, message.Body));
        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(MayCall)];
        if (allowed.Length == 0)
        {
            throw new ForbiddenAddressException("The receiver has a private address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool MayCall(IPAddress address) => _options.Value.AllowPrivate || PublicAddresses.Contains(address);

    private sealed class ForbiddenAddressException(string message) : IOException(message);
}
