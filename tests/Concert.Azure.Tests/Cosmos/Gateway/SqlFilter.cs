using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Concert.Azure.Tests.Cosmos.Gateway;

/// <summary>
/// The part of the query language the adapter and the SDK use, read strictly: <c>[SELECT *] FROM c WHERE … [ORDER BY c.id]</c> with comparisons, IN,
/// AND, OR, NOT and IS_DEFINED. Anything else throws. A comparison with an absent property, or of different types, is neither true nor false.
/// </summary>
internal sealed partial class SqlFilter
{
    private readonly IReadOnlyDictionary<string, JsonNode?> _parameters;
    private readonly List<string> _tokens;
    private readonly Func<JsonObject, bool?> _condition;
    private int _at;

    public SqlFilter(string text, IReadOnlyDictionary<string, JsonNode?> parameters)
    {
        _parameters = parameters;
        _tokens = [.. Token().Matches(text).Select(match => match.Value)];
        if (Token().Replace(text, "").Trim().Length > 0)
        {
            throw new NotSupportedException($"Characters no one expected in: {text}");
        }

        if (Accept("SELECT"))
        {
            Expect("*");
        }

        Expect("FROM");
        Expect("c");
        Expect("WHERE");
        _condition = Or();
        if (Accept("ORDER"))
        {
            Expect("BY");
            Expect("c");
            Expect(".");
            Expect("id");
            OrderedById = true;
        }

        if (_at != _tokens.Count)
        {
            throw new NotSupportedException($"Unexpected '{_tokens[_at]}' in: {text}");
        }
    }

    public bool OrderedById { get; }

    public bool Matches(JsonObject document) => _condition(document) == true;

    private Func<JsonObject, bool?> Or()
    {
        var terms = new List<Func<JsonObject, bool?>> { And() };
        while (Accept("OR"))
        {
            terms.Add(And());
        }

        return terms is [var only] ? only : document => All(terms, document, decisive: true);
    }

    private Func<JsonObject, bool?> And()
    {
        var terms = new List<Func<JsonObject, bool?>> { Not() };
        while (Accept("AND"))
        {
            terms.Add(Not());
        }

        return terms is [var only] ? only : document => All(terms, document, decisive: false);
    }

    /// <summary>OR and AND of three values: one decisive term decides, else one that is neither leaves it open.</summary>
    private static bool? All(List<Func<JsonObject, bool?>> terms, JsonObject document, bool decisive)
    {
        var values = terms.ConvertAll(term => term(document));
        return values.Contains(decisive) ? decisive : values.Contains(null) ? null : !decisive;
    }

    private Func<JsonObject, bool?> Not()
    {
        if (Accept("NOT"))
        {
            var inner = Not();
            return document => !inner(document);
        }

        return Primary();
    }

    private Func<JsonObject, bool?> Primary()
    {
        if (Accept("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Accept("false"))
        {
            return _ => false;
        }

        if (Accept("IS_DEFINED"))
        {
            Expect("(");
            var path = Path();
            Expect(")");
            return document => document.ContainsKey(path);
        }

        var left = Operand();
        if (Accept("IN"))
        {
            Expect("(");
            var choices = new List<Func<JsonObject, JsonNode?>>();
            do
            {
                choices.Add(Operand());
            }
            while (Accept(","));
            Expect(")");
            return document => choices.Any(choice => Compare(left(document), choice(document)) == 0);
        }

        var comparison = _tokens[_at++];
        var right = Operand();
        return document => Compare(left(document), right(document)) is not { } order ? null : comparison switch
        {
            "=" => order == 0,
            ">=" => order >= 0,
            "<=" => order <= 0,
            ">" => order > 0,
            "<" => order < 0,
            _ => throw new NotSupportedException(comparison),
        };
    }

    private Func<JsonObject, JsonNode?> Operand()
    {
        var token = _tokens[_at];
        if (token.StartsWith('@'))
        {
            _at++;
            var value = _parameters[token];
            return _ => value;
        }

        if (decimal.TryParse(token, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
        {
            _at++;
            var value = JsonValue.Create(number);
            return _ => value;
        }

        var path = Path();
        return document => document[path];
    }

    private string Path()
    {
        Expect("c");
        if (Accept("["))
        {
            var name = JsonSerializer.Deserialize<string>(_tokens[_at++])!;
            Expect("]");
            return name;
        }

        Expect(".");
        return _tokens[_at++];
    }

    private static int? Compare(JsonNode? left, JsonNode? right) => (left?.GetValueKind(), right?.GetValueKind()) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left!.GetValue<decimal>().CompareTo(right!.GetValue<decimal>()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left!.GetValue<string>(), right!.GetValue<string>()),
        _ => null,
    };

    private bool Accept(string token)
    {
        if (_at < _tokens.Count && string.Equals(_tokens[_at], token, StringComparison.OrdinalIgnoreCase))
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
        {
            throw new NotSupportedException($"Expected '{token}' at '{(_at < _tokens.Count ? _tokens[_at] : "the end")}' in: {string.Join(' ', _tokens)}");
        }
    }

    [GeneratedRegex("""@\w+|-?\d+(\.\d+)?|\w+|"[^"]*"|>=|<=|[><=(),.\[\]*]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();
}
