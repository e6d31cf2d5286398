namespace Concert.Consistency.Tests.Reading;

internal enum BicepTokenKind
{
    Word,
    Text,
    Sign,
    NewLine,
    End,
}

internal readonly record struct BicepToken(BicepTokenKind Kind, string Value)
{
    public bool Is(string value) => Kind != BicepTokenKind.Text && Value == value;
}

/// <summary>Cuts Bicep into words, strings, signs and line ends; comments are dropped.</summary>
internal static class BicepTokens
{
    public static IReadOnlyList<BicepToken> Of(string source)
    {
        List<BicepToken> tokens = [];
        var at = 0;
        while (at < source.Length)
        {
            var rest = source.AsSpan(at);
            if (rest.StartsWith("//"))
            {
                at += LengthUntil(rest, "\n", 0, includingEnd: false);
            }
            else if (rest.StartsWith("/*"))
            {
                at += LengthUntil(rest, "*/", 2, includingEnd: true);
            }
            else if (rest.StartsWith("'''"))
            {
                var length = LengthUntil(rest, "'''", 3, includingEnd: true);
                tokens.Add(new(BicepTokenKind.Text, source.Substring(at + 3, length - 6)));
                at += length;
            }
            else if (rest[0] == '\'')
            {
                var length = LengthOfString(rest);
                tokens.Add(new(BicepTokenKind.Text, source.Substring(at + 1, length - 2)));
                at += length;
            }
            else if (rest[0] == '\n')
            {
                tokens.Add(new(BicepTokenKind.NewLine, "\n"));
                at++;
            }
            else if (char.IsWhiteSpace(rest[0]))
            {
                at++;
            }
            else
            {
                var length = Math.Max(1, LengthOfWord(rest));
                tokens.Add(new(IsWord(rest[0]) ? BicepTokenKind.Word : BicepTokenKind.Sign, source.Substring(at, length)));
                at += length;
            }
        }

        tokens.Add(new(BicepTokenKind.End, ""));
        return tokens;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static int LengthOfWord(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && IsWord(text[length]))
        {
            length++;
        }

        return length;
    }

    private static int LengthUntil(ReadOnlySpan<char> text, string end, int from, bool includingEnd)
    {
        var found = text[from..].IndexOf(end);
        return found < 0 ? text.Length : from + found + (includingEnd ? end.Length : 0);
    }

    // An interpolation may hold strings of its own: quotes count only outside of ${ }.
    private static int LengthOfString(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when depth == 0:
                    i++;
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] == '{':
                    depth++;
                    i++;
                    break;
                case '}' when depth > 0:
                    depth--;
                    break;
                case '\'' when depth == 0:
                    return i + 1;
            }
        }

        throw new InvalidDataException("A string does not end.");
    }
}
