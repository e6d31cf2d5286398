using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Catalog;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Tickets;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Concert.Api.OpenApi;

/// <summary>Adds what types cannot express: lengths, ranges, required members. Limits that are settings appear with their defaults.</summary>
internal static class SchemaTransformer
{
    private static readonly Dictionary<Type, string[][]> Needs = new()
    {
        [typeof(IssueRequest)] = [["userId"]],
        [typeof(ChargeRequest)] = [["userId", "amount"]],
        [typeof(ReservationRequest)] = [["seatId"], ["seatIds"], ["inventoryId", "quantity"], ["concertScheduleId", "count", "section"]],
        [typeof(PaymentRequest)] = [["reservationId"], ["seatId"]],
        [typeof(CheckInRequest)] = [["code"]],
        [typeof(NewConcert)] = [["name"]],
        [typeof(NewSchedule)] = [["concertId", "openAt", "closeAt", "bookingStartAt", "bookingEndAt"]],
        [typeof(NewSection)] = [["name", "seats"], ["name", "rows"]],
        [typeof(NewInventory)] = [["name", "quantity", "price"]],
        [typeof(InventoryChange)] = [["name"]],
        [typeof(GradeChange)] = [["code"]],
        [typeof(ScheduleChange)] = [[]],
        [typeof(BlockRequest)] = [["seatIds"], ["inventoryId", "quantity"]],
        [typeof(CallOffRequest)] = [["reason"]],
        [typeof(SectionChange)] = [["name"]],
        [typeof(NewGrade)] = [["code", "name", "price"]],
        [typeof(NewSeat)] = [["number", "price"], ["number", "grade"]],
        [typeof(NewSeatRange)] = [["from", "to", "price"], ["from", "to", "grade"]],
    };

    private static readonly Dictionary<(Type, string), Action<OpenApiSchema>> Limits = new()
    {
        [(typeof(IssueRequest), "userId")] = Text(ApiLimits.UserIdLength),
        [(typeof(IssueRequest), "concertId")] = Text(ApiLimits.IdLength),
        [(typeof(ChargeRequest), "userId")] = Text(ApiLimits.UserIdLength),
        [(typeof(ChargeRequest), "amount")] = Whole(1, 10_000_000),
        [(typeof(ReservationRequest), "seatId")] = Text(ApiLimits.IdLength),
        [(typeof(ReservationRequest), "seatIds")] = static schema => (schema.MinItems, schema.MaxItems, schema.UniqueItems) = (1, 8, true),
        [(typeof(ReservationRequest), "inventoryId")] = Text(ApiLimits.IdLength),
        [(typeof(ReservationRequest), "quantity")] = Whole(1, 8),
        [(typeof(ReservationRequest), "concertScheduleId")] = Text(ApiLimits.IdLength),
        [(typeof(ReservationRequest), "count")] = Whole(1, 8),
        [(typeof(ReservationRequest), "section")] = Text(ApiLimits.NameLength),
        [(typeof(ReservationRequest), "grade")] = Text(ApiLimits.GradeLength),
        [(typeof(PaymentRequest), "reservationId")] = Text(ApiLimits.IdLength),
        [(typeof(PaymentRequest), "seatId")] = Text(ApiLimits.IdLength),
        [(typeof(CheckInRequest), "code")] = Text(ApiLimits.IdLength),
        [(typeof(CheckInRequest), "concertScheduleId")] = Text(ApiLimits.IdLength),
        [(typeof(NewConcert), "name")] = Text(100),
        [(typeof(NewSection), "name")] = Text(100),
        [(typeof(NewSection), "seats")] = static schema => schema.OneOf = [List(Inline(typeof(NewSeat))), Inline(typeof(NewSeatRange))],
        [(typeof(NewSchedule), "maxPerUser")] = Whole(1, 1_000_000),
        [(typeof(BlockRequest), "seatIds")] = static schema => (schema.MinItems, schema.MaxItems, schema.UniqueItems) = (1, BlockRequest.MaxSeats, true),
        [(typeof(BlockRequest), "inventoryId")] = Text(ApiLimits.IdLength),
        [(typeof(BlockRequest), "quantity")] = Whole(1, 1_000_000),
        [(typeof(CallOffRequest), "reason")] = Text(200),
        [(typeof(ScheduleChange), "maxPerUser")] = Whole(1, 1_000_000),
        [(typeof(GradeChange), "code")] = Text(20),
        [(typeof(GradeChange), "name")] = Text(100),
        [(typeof(GradeChange), "price")] = Whole(0, 1_000_000_000),
        [(typeof(InventoryChange), "name")] = Text(100),
        [(typeof(InventoryChange), "quantity")] = Whole(1, 1_000_000),
        [(typeof(InventoryChange), "price")] = Whole(0, 1_000_000_000),
        [(typeof(SectionChange), "name")] = Text(100),
        [(typeof(SectionChange), "price")] = Whole(0, 1_000_000_000),
        [(typeof(SectionChange), "seats")] = static schema => schema.OneOf = [List(Inline(typeof(NewSeat))), Inline(typeof(NewSeatRange))],
        [(typeof(NewInventory), "name")] = Text(100),
        [(typeof(NewInventory), "quantity")] = Whole(1, 1_000_000),
        [(typeof(NewInventory), "price")] = Whole(0, 1_000_000_000),
        [(typeof(NewGrade), "code")] = Text(20),
        [(typeof(NewGrade), "name")] = Text(100),
        [(typeof(NewGrade), "price")] = Whole(0, 1_000_000_000),
        [(typeof(NewSeat), "number")] = static schema => schema.OneOf = [Limited(Whole(1, 1_000_000)), Limited(Text(20))],
        [(typeof(NewSeat), "price")] = Whole(0, 1_000_000_000),
        [(typeof(NewSeat), "row")] = Text(20),
        [(typeof(NewSeat), "grade")] = Text(20),
        [(typeof(NewSeatRange), "from")] = Whole(1, 1_000_000),
        [(typeof(NewSeatRange), "to")] = Whole(1, 1_000_000),
        [(typeof(NewSeatRange), "price")] = Whole(0, 1_000_000_000),
        [(typeof(NewSeatRange), "row")] = Text(20),
        [(typeof(NewSeatRange), "grade")] = Text(20),
    };

    public static void Transform(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // Optional properties are left out, never written as null.
        schema.Type &= ~JsonSchemaType.Null;
        var type = context.JsonTypeInfo;
        if ((Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }

        if (type.Kind == JsonTypeInfoKind.Object)
        {
            AddNeeds(schema, type);
        }

        if (context.JsonPropertyInfo is { } property && Limits.TryGetValue((property.DeclaringType, property.Name), out var limit))
        {
            limit(schema);
        }
    }

    // What cannot be null is always there; of requests everything can be, and they say above what they need. The framework's own list has every
    // parameter of a constructor, which is about reading in .NET and not about the contract.
    private static void AddNeeds(OpenApiSchema schema, JsonTypeInfo type)
    {
        schema.Required = null;
        if (Needs.TryGetValue(type.Type, out var needs))
        {
            Require(schema, needs);
            return;
        }

        var always = type.Properties
            .Where(p => !p.IsGetNullable && Nullable.GetUnderlyingType(p.PropertyType) is null && p.PropertyType != typeof(JsonElement)).Select(p => p.Name).ToHashSet();
        schema.Required = always.Count > 0 ? always : null;
    }

    /// <summary>All that every form needs is needed; of several forms, one.</summary>
    private static void Require(OpenApiSchema schema, string[][] forms)
    {
        schema.Required = forms is [{ Length: > 0 } all] ? all.ToHashSet() : null;
        schema.OneOf = forms.Length == 1 ? null : [.. forms.Select(names => new OpenApiSchema { Required = names.ToHashSet() })];
    }

    private static Action<OpenApiSchema> Text(int most) =>
        schema => (schema.Type, schema.MinLength, schema.MaxLength) = (schema.Type ?? JsonSchemaType.String, 1, most);

    private static Action<OpenApiSchema> Whole(long least, long most) => schema => (schema.Type, schema.Minimum, schema.Maximum) =
        (schema.Type ?? JsonSchemaType.Integer, least.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture));

    private static OpenApiSchema List(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Limited(Action<OpenApiSchema> limit)
    {
        var schema = new OpenApiSchema();
        limit(schema);
        return schema;
    }

    /// <summary>The places of a section, which are JSON until the domain has looked at them.</summary>
    private static OpenApiSchema Inline(Type type)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = Limits.Where(limit => limit.Key.Item1 == type).ToDictionary(limit => limit.Key.Item2, IOpenApiSchema (limit) => Limited(limit.Value)),
        };
        Require(schema, Needs[type]);
        return schema;
    }
}
