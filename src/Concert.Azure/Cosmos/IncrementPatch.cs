using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>An increment as a patch: the bounds of the results become a condition on the values before, which the store checks in the same step.</summary>
internal static class IncrementPatch
{
    public const int MaxFields = 10;

    public static IReadOnlyList<PatchOperation> Operations(DocumentOperation.Increment increment)
    {
        if (increment.Fields.Count is 0 or > MaxFields)
        {
            throw new ArgumentException($"An increment has 1 to {MaxFields} fields; {increment.Id} has {increment.Fields.Count}.");
        }

        return [.. increment.Fields.Select(field => PatchOperation.Increment("/" + Checked(field.Field), field.Delta))];
    }

    /// <summary>The condition, such as <c>FROM c WHERE c["left"] >= 3</c>; null when nothing is bounded.</summary>
    public static string? Predicate(DocumentOperation.Increment increment)
    {
        var conditions = increment.Fields.Where(field => field.Min is not null || field.Max is not null).Select(Condition).ToList();
        return conditions.Count == 0 ? null : "FROM c WHERE " + string.Join(" AND ", conditions);
    }

    private static string Condition(FieldIncrement field)
    {
        var value = $"c[\"{Checked(field.Field)}\"]";
        var bounds = new List<string>();
        if (field.Min is { } min)
        {
            bounds.Add($"{value} >= {(Int128)min - field.Delta}");
        }

        if (field.Max is { } max)
        {
            bounds.Add($"{value} <= {(Int128)max - field.Delta}");
        }

        var within = string.Join(" AND ", bounds);

        // A patch adds to an absent property as if it were 0, while a comparison with it is never true.
        var absentMayBecomeDelta = field.Delta >= (field.Min ?? long.MinValue) && field.Delta <= (field.Max ?? long.MaxValue);
        return absentMayBecomeDelta ? $"(NOT IS_DEFINED({value}) OR ({within}))" : $"({within})";
    }

    private static string Checked(string field) =>
        field.Length > 0 && field.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? field
            : throw new ArgumentException($"\"{field}\" cannot be a counter's name: letters, digits and _ only.");
}
