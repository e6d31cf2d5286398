using System.Text.Json;

namespace Concert.Booking.Catalog;

/// <summary>Reads the properties of places that come as JSON. Null is as good as left out.</summary>
internal static class SeatJson
{
    /// <summary>Row, grade and price of a place; false when one of them is of the wrong type.</summary>
    public static bool TryRead(JsonElement place, out string? row, out string? grade, out long? price)
    {
        price = Integer(place, "price");
        grade = null;
        return TryText(place, "row", out row) && TryText(place, "grade", out grade) && (price is not null || !Has(place, "price", out _));
    }

    public static long? Integer(JsonElement element, string name) =>
        Has(element, name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>True for a text, and for none.</summary>
    public static bool TryText(JsonElement element, string name, out string? text)
    {
        text = null;
        if (!Has(element, name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped.
            return false;
        }
    }

    private static bool Has(JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
