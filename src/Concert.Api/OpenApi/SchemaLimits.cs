using System.Text.Json.Nodes;
using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Reservations;

namespace Concert.Api.OpenApi;

/// <summary>What types cannot say: lengths, ranges, what a request needs. Limits that are settings are given with their defaults.</summary>
internal static class SchemaLimits
{
    private static readonly Dictionary<Type, string> Objects = new()
    {
        [typeof(IssueRequest)] = """{"required":["userId"]}""",
        [typeof(ChargeRequest)] = """{"required":["userId","amount"]}""",
        [typeof(ReservationRequest)] = """{"oneOf":[{"required":["seatId"]},{"required":["seatIds"]},{"required":["inventoryId","quantity"]}]}""",
        [typeof(PaymentRequest)] = """{"oneOf":[{"required":["reservationId"]},{"required":["seatId"]}]}""",
        [typeof(NewConcert)] = """{"required":["name"]}""",
        [typeof(NewSchedule)] = """{"required":["concertId","openAt","closeAt","bookingStartAt","bookingEndAt"]}""",
        [typeof(NewSection)] = """{"required":["name","seats"]}""",
        [typeof(NewInventory)] = """{"required":["name","quantity","price"]}""",
        [typeof(NewSeat)] = """{"required":["number","price"]}""",
        [typeof(NewSeatRange)] = """{"required":["from","to","price"]}""",
    };

    private static readonly Dictionary<(Type, string), string> Properties = new()
    {
        [(typeof(IssueRequest), "userId")] = """{"minLength":1,"maxLength":64}""",
        [(typeof(IssueRequest), "concertId")] = """{"minLength":1,"maxLength":256}""",
        [(typeof(ChargeRequest), "userId")] = """{"minLength":1,"maxLength":64}""",
        [(typeof(ChargeRequest), "amount")] = """{"minimum":1,"maximum":10000000}""",
        [(typeof(ReservationRequest), "seatId")] = """{"minLength":1,"maxLength":256}""",
        [(typeof(ReservationRequest), "seatIds")] = """{"minItems":1,"maxItems":8,"uniqueItems":true}""",
        [(typeof(ReservationRequest), "inventoryId")] = """{"minLength":1,"maxLength":256}""",
        [(typeof(ReservationRequest), "quantity")] = """{"minimum":1,"maximum":8}""",
        [(typeof(PaymentRequest), "reservationId")] = """{"minLength":1,"maxLength":256}""",
        [(typeof(PaymentRequest), "seatId")] = """{"minLength":1,"maxLength":256}""",
        [(typeof(NewConcert), "name")] = """{"minLength":1,"maxLength":100}""",
        [(typeof(NewSection), "name")] = """{"minLength":1,"maxLength":100}""",
        [(typeof(NewInventory), "name")] = """{"minLength":1,"maxLength":100}""",
        [(typeof(NewInventory), "quantity")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(NewInventory), "price")] = """{"minimum":0,"maximum":1000000000}""",
        [(typeof(NewSeat), "number")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(NewSeat), "price")] = """{"minimum":0,"maximum":1000000000}""",
        [(typeof(NewSeatRange), "from")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(NewSeatRange), "to")] = """{"minimum":1,"maximum":1000000}""",
        [(typeof(NewSeatRange), "price")] = """{"minimum":0,"maximum":1000000000}""",
    };

    public static void Apply(Type type, JsonObject node)
    {
        if (Objects.TryGetValue(type, out var limits))
        {
            Merge(node, limits);
        }
    }

    public static void Apply(Type type, string property, JsonObject node, SchemaBook book)
    {
        if (type == typeof(NewSection) && property == "seats")
        {
            node["oneOf"] = new JsonArray(book.Of(ApiJson.Wire.NewSeatArray), book.Of(ApiJson.Wire.NewSeatRange));
        }
        else if (Properties.TryGetValue((type, property), out var limits))
        {
            Merge(node, limits);
        }
    }

    private static void Merge(JsonObject node, string limits)
    {
        foreach (var (name, value) in JsonNode.Parse(limits)!.AsObject())
        {
            node[name] = value!.DeepClone();
        }
    }
}
