using System.Globalization;
using Concert.Booking.Calls;
using Concert.Booking.Ids;
using Concert.Booking.Paging;

namespace Concert.Booking.Operations;

/// <summary>A dead letter's place in the list, the newest first.</summary>
/// <param name="At">When its end was written, Unix ms.</param>
/// <param name="Section">Where it is kept.</param>
/// <param name="DocumentId">The document.</param>
internal readonly record struct LetterPlace(long At, SectionRef Section, string DocumentId) : IComparable<LetterPlace>
{
    private const char Between = '/';

    public int CompareTo(LetterPlace other) =>
        At != other.At ? other.At.CompareTo(At)
        : string.CompareOrdinal(Section.Section, other.Section.Section) is not 0 and var bySection ? bySection
        : string.CompareOrdinal(DocumentId, other.DocumentId);

    /// <summary>As a continuation: what comes behind it.</summary>
    public string? Write() => ListContinuation.Write(string.Create(CultureInfo.InvariantCulture, $"{At}{Between}{Section.ScheduleId}{Between}{Section.Section}{Between}{DocumentId}"));

    /// <summary>Null for the beginning of the list.</summary>
    public static Result<LetterPlace?> Read(string? continuation)
    {
        var text = ListContinuation.Read(continuation, "");
        if (text.IsRefused(out var refusal))
        {
            return refusal;
        }

        return text.Value?.Split(Between) switch
        {
            null => (LetterPlace?)null,
            [var at, var schedule, var section, var id] when long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) =>
                new LetterPlace(ms, new SectionRef(schedule, section), id),
            _ => ListContinuation.Invalid,
        };
    }
}
