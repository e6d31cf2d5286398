using System.Buffers;
using System.Text;

namespace Concert.Api.Requests;

/// <summary>Checks of short strings that come from outside.</summary>
internal static class Text
{
    /// <summary>An id of ours: 1 to <paramref name="maxLength"/> characters, none of them a control character or half a surrogate pair, not only blanks.</summary>
    public static Problem? WrongId(string name, string? value, int maxLength = ApiLimits.IdLength)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return Problem.Invalid($"{name} is needed.");
        }

        if (value.Length > maxLength)
        {
            return Problem.Invalid($"{name} is longer than {maxLength} characters.");
        }

        return IsClean(value) ? null : Problem.Invalid($"{name} has characters that no id has.");
    }

    /// <summary>The id of a user in the one form of it; wherever a user is named, it is read here.</summary>
    public static Result<string> ReadUserId(string? given) => PlainText.ReadUserId("userId", given, ApiLimits.UserIdLength);

    private static bool IsClean(ReadOnlySpan<char> rest)
    {
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != OperationStatus.Done || Rune.IsControl(rune))
            {
                return false;
            }

            rest = rest[used..];
        }

        return true;
    }
}
