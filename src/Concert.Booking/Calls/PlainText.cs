using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace Concert.Booking.Calls;

/// <summary>
/// Names and user ids as people write them, in the one form that is stored and compared: NFC (UAX #15), without blanks around it. Lengths are code points
/// of that form. Refused are control, format, private and unassigned characters, line separators and halves of surrogate pairs, as in the classes of
/// RFC 8264; see ADR 0018.
/// </summary>
public static class PlainText
{
    private const int ZeroWidthJoiner = 0x200D;

    // No code point has a longer canonical decomposition, in code points; each is at most two UTF-16 units.
    private const int LongestDecomposition = 4;

    /// <summary>A name. The joiner between two emoji, which makes one picture of them, is the one format character it may have.</summary>
    /// <param name="what">What it is, for the refusal.</param>
    /// <param name="text">As it came in.</param>
    /// <param name="maxLength">In code points.</param>
    public static Result<string> ReadName(string what, string? text, int maxLength) => Read(what, text, maxLength, isId: false);

    /// <summary>A user's id. Also refused is what cannot be seen, so that no two ids look alike for it: fillers, variation selectors, blanks that are no space.</summary>
    /// <inheritdoc cref="ReadName" path="/param"/>
    public static Result<string> ReadUserId(string what, string? text, int maxLength) => Read(what, text, maxLength, isId: true);

    private static Result<string> Read(string what, string? text, int maxLength, bool isId)
    {
        if (text is null)
        {
            return Refusal.Invalid($"{what} is needed.");
        }

        // Before it is normalised, which takes more than linear time for a long run of marks.
        if (text.Length > 2 * LongestDecomposition * maxLength)
        {
            return TooLong(what, maxLength);
        }

        if (!IsWellFormed(text))
        {
            return Forbidden(what);
        }

        // Not string.Normalize, which changes nothing in a process without ICU, however it came to be without.
        var canonical = Trim(Ascii.IsValid(text) ? text : ENSNormalize.NF.NFC(text));
        return Wrong(what, canonical, maxLength, isId) is { } wrong ? wrong : canonical;
    }

    private static Refusal? Wrong(string what, string text, int maxLength, bool isId)
    {
        var (length, hasVisible, isAfterPicture) = (0, false, false);
        for (var at = 0; at < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, at);
            at += rune.Utf16SequenceLength;
            if (!IsAllowed(rune, isId) && !(rune.Value == ZeroWidthJoiner && !isId && isAfterPicture && at < text.Length && IsPicture(Rune.GetRuneAt(text, at))))
            {
                return Forbidden(what);
            }

            length++;
            hasVisible |= IsVisible(rune);
            isAfterPicture = IsPicture(rune) || (isAfterPicture && IsPictureModifier(rune));
        }

        return length > maxLength ? TooLong(what, maxLength) : hasVisible ? null : Refusal.Invalid($"{what} needs at least one visible character.");
    }

    private static bool IsWellFormed(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[used..];
        }

        return true;
    }

    // Only blanks: a line break at the end is a control character like any other.
    private static string Trim(string text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && IsBlank(text[from]))
        {
            from++;
        }

        while (to > from && IsBlank(text[to - 1]))
        {
            to--;
        }

        return text[from..to];
    }

    private static bool IsBlank(char c) => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator;

    private static bool IsAllowed(Rune rune, bool isId) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.SpaceSeparator => !isId || rune.Value == ' ',
        _ => !isId || !IsInvisible(rune.Value),
    };

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.SpaceSeparator or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark => false,
        _ => !IsInvisible(rune.Value),
    };

    /// <summary>Letters, marks and symbols without a picture: the Default_Ignorable_Code_Points that are no format characters, and the empty Braille pattern.</summary>
    private static bool IsInvisible(int value) => value
        is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0
        or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsPicture(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol;

    /// <summary>A skin tone, or the selector of the coloured form.</summary>
    private static bool IsPictureModifier(Rune rune) => rune.Value is (>= 0x1F3FB and <= 0x1F3FF) or 0xFE0F;

    private static Refusal TooLong(string what, int maxLength) => Refusal.Invalid($"{what} is longer than {maxLength} characters.");

    private static Refusal Forbidden(string what) => Refusal.Invalid($"{what} has a character that cannot be in it, such as a control or format character.");
}
