namespace Concert.Lab.Report;

/// <summary>The lab's part of docs/benchmarks.md, between its markers.</summary>
internal static class BenchmarksPage
{
    public const string Begin = "<!-- lab: written by bench/Concert.Lab -->";
    public const string End = "<!-- /lab -->";

    /// <summary>Puts the text between the markers. Throws <see cref="InvalidDataException"/> for a page without them.</summary>
    public static string With(string page, string text)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return begin >= 0 && end > begin
            ? $"{page[..(begin + Begin.Length)]}\n\n{text.Trim()}\n\n{page[end..]}"
            : throw new InvalidDataException($"The page has no part between {Begin} and {End}.");
    }
}
