using System.Text.Json.Nodes;
using Concert.Booking.Ports;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;

namespace Concert.Simulation.Ports;

/// <summary>The systems outside that hear of events: what each of them has got, in the order in which it got it.</summary>
public sealed class SimReceivers(World world)
{
    private readonly Dictionary<string, long> _awayUntil = new(StringComparer.Ordinal);

    /// <summary>Receiver, the event's id, its type, and the reservation that it is about.</summary>
    public List<(string Url, string Id, string Type, string About)> Got { get; } = [];

    public static string UrlOf(int number) => $"https://receiver{number}.example.com/";

    /// <summary>What it answers; null for no answer.</summary>
    public WebhookAnswer Receive(WebhookMessage message)
    {
        var url = message.Url.AbsoluteUri;
        if (world.Faults.Roll(Fault.ReceiverAway))
        {
            _awayUntil[url] = world.Now + world.Faults.Between(1, 120).Ticks;
        }

        if (!world.Faults.AreOver && _awayUntil.GetValueOrDefault(url) > world.Now)
        {
            return new WebhookAnswer.Failed("No answer within 5 s.");
        }

        if (world.Faults.Roll(Fault.ReceiverRefuses))
        {
            return new WebhookAnswer.Failed("503 ServiceUnavailable");
        }

        var body = JsonNode.Parse(message.Body)!;
        Got.Add((url, message.Id, body["type"]!.GetValue<string>(), (body["data"]!["reservation"]?["id"] ?? body["data"]!["concertScheduleId"])!.GetValue<string>()));
        return world.Faults.Roll(Fault.ReceiverAnswerLost) ? new WebhookAnswer.Failed("No answer within 5 s.") : new WebhookAnswer.Delivered();
    }
}

/// <summary>The receivers as one instance reaches them.</summary>
public sealed class SimWebhookPort(World world, SimProcess process, SimReceivers receivers) : IWebhookSender
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<WebhookAnswer> SendAsync(WebhookMessage message, CancellationToken cancellationToken)
    {
        var answer = await process.CallAsync(() => receivers.Receive(message), cancellationToken);
        if (answer is WebhookAnswer.Failed { Reason: "No answer within 5 s." })
        {
            await Task.Delay(Limit, process.Time, cancellationToken);
        }

        world.History.Add(process.Name, $"webhook {message.Id[^8..]}: {answer}");
        return answer;
    }

    public string? WhyNot(Uri url) => url.Scheme == Uri.UriSchemeHttps ? null : "url must begin with https://.";
}
