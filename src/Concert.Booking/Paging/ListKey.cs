using System.Globalization;

namespace Concert.Booking.Paging;

/// <summary>Keys of lists, which are read in ordinal order.</summary>
public static class ListKey
{
    /// <summary>A key of 13 digits that sorts later times first, until the year 2286.</summary>
    public static string NewestFirst(long unixMilliseconds) =>
        (9_999_999_999_999L - unixMilliseconds).ToString("D13", CultureInfo.InvariantCulture);
}
