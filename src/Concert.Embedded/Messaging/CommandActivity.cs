using System.Diagnostics;
using Concert.Booking.Ports;

namespace Concert.Embedded.Messaging;

/// <summary>The span of one delivery, a child of the call that sent the command.</summary>
internal static class CommandActivity
{
    private static readonly ActivitySource Source = new("Concert.Booking");

    public static Activity? Start(string name, CommandMessage message, int deliveryCount)
    {
        _ = ActivityContext.TryParse(message.TraceParent, traceState: null, isRemote: true, out var parent);
        var activity = Source.StartActivity(name, ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "embedded");
        activity?.SetTag("messaging.message.id", message.MessageId);
        activity?.SetTag("messaging.session.id", message.SessionId);
        activity?.SetTag("messaging.delivery_count", deliveryCount);
        return activity;
    }
}
