using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Concert.Api.Streams;
using Concert.Booking.Catalog;
using Concert.Booking.Operations;
using Concert.Booking.Paging;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Tickets;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;

namespace Concert.Api.Json;

/// <summary>Every type that crosses the wire, generated at build time. Strict where a mistake could cost money, silent about properties it does not know.</summary>
[JsonSerializable(typeof(IssueRequest))]
[JsonSerializable(typeof(ChargeRequest))]
[JsonSerializable(typeof(ReservationRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(PaymentRequest))]
[JsonSerializable(typeof(CheckInRequest))]
[JsonSerializable(typeof(NewConcert))]
[JsonSerializable(typeof(NewSchedule))]
[JsonSerializable(typeof(NewSeat[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(NewSeatRange))]
[JsonSerializable(typeof(QueueTokenView))]
[JsonSerializable(typeof(IReadOnlyList<ConcertView>))]
[JsonSerializable(typeof(IReadOnlyList<ScheduleView>))]
[JsonSerializable(typeof(SeatMapView))]
[JsonSerializable(typeof(ReservationView))]
[JsonSerializable(typeof(Paged<ReservationView>))]
[JsonSerializable(typeof(TicketView))]
[JsonSerializable(typeof(CheckInView))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(Paged<PaymentView>))]
[JsonSerializable(typeof(BalanceView))]
[JsonSerializable(typeof(Paged<LedgerEntryView>))]
[JsonSerializable(typeof(CreatedConcert))]
[JsonSerializable(typeof(CreatedSchedule))]
[JsonSerializable(typeof(ScheduleChange))]
[JsonSerializable(typeof(ScheduleDetails))]
[JsonSerializable(typeof(BlockRequest))]
[JsonSerializable(typeof(BlockedView))]
[JsonSerializable(typeof(CallOffRequest))]
[JsonSerializable(typeof(CallOffView))]
[JsonSerializable(typeof(ScheduleReport))]
[JsonSerializable(typeof(Paged<ScheduleSummary>))]
[JsonSerializable(typeof(ScheduleLive))]
[JsonSerializable(typeof(BooksView))]
[JsonSerializable(typeof(DeadLetterView))]
[JsonSerializable(typeof(Paged<DeadLetterView>))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(IReadOnlyList<WebhookView>))]
[JsonSerializable(typeof(Paged<FailedDelivery>))]
[JsonSerializable(typeof(ResendRequest))]
[JsonSerializable(typeof(ResendResult))]
[JsonSerializable(typeof(PlaceInLine))]
[JsonSerializable(typeof(SeatsChanged))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(ProblemBody))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The contract's options. Text is written as it is (Korean names stay readable); what HTML could misread is still escaped.</summary>
    public static ApiJson Wire { get; } = new(Configure(new JsonSerializerOptions()));

    /// <summary>Sets the contract's options, except for where types come from when that is set already.</summary>
    internal static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = ApiLimits.JsonDepth;
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.Converters.Add(new OffsetDateTimeConverter());
        return options;
    }
}
