using System.Globalization;

namespace Concert.Embedded.Storage;

/// <summary>A document's version as an ETag.</summary>
internal static class ETag
{
    public static string Of(long version) => version.ToString(CultureInfo.InvariantCulture);

    public static bool IsOf(long version, string etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == version;
}

/// <summary>Where a scan goes on: behind this row number.</summary>
internal static class Continuation
{
    public static string Write(long number) => ETag.Of(number);

    public static long Read(string? text) => text is null ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ArgumentException("This is not a continuation of a scan.", nameof(text));
}
