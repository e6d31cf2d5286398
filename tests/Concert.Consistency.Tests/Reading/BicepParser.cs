namespace Concert.Consistency.Tests.Reading;

/// <summary>Reads declarations; skips what it does not know, up to the end of the line.</summary>
internal sealed class BicepParser(string source)
{
    private static readonly HashSet<string> Opening = ["{", "[", "("];
    private static readonly HashSet<string> Closing = ["}", "]", ")"];
    private static readonly HashSet<string> Continuing = ["?", ":", ".", "&", "|", "+", "="];

    private readonly IReadOnlyList<BicepToken> _tokens = BicepTokens.Of(source);
    private int _at;

    private BicepToken Now => _tokens[_at];

    public void ReadInto(BicepFile file)
    {
        List<string> decorators = [];
        while (Now.Kind != BicepTokenKind.End)
        {
            var word = Now;
            if (word.Is("@"))
            {
                _at++;
                decorators.Add(Now.Value);
                Expression();
                continue;
            }

            switch (word.Kind == BicepTokenKind.Word ? word.Value : "")
            {
                case "param":
                    Parameter(file, decorators);
                    break;
                case "var":
                    _at++;
                    Named(file.Variables);
                    break;
                case "output":
                    _at++;
                    Named(file.Outputs);
                    break;
                case "resource":
                    Resource(file, decorators);
                    break;
                case "module":
                    Module(file);
                    break;
                default:
                    SkipLine();
                    continue;
            }

            decorators = [];
        }
    }

    private void Parameter(BicepFile file, List<string> decorators)
    {
        _at++;
        var name = Take();
        var type = Take();
        BicepValue? value = null;
        if (Now.Is("="))
        {
            _at++;
            value = Value();
        }

        file.Parameters.Add(name, new(name, type, value, decorators.Contains("secure")));
    }

    private void Named(Dictionary<string, BicepValue> into)
    {
        var name = Take();
        SkipTo("=");
        into.Add(name, Value());
    }

    private void Resource(BicepFile file, List<string> decorators)
    {
        _at++;
        var symbol = Take();
        var type = Take();
        var existing = Now.Is("existing");
        SkipTo("=");
        file.Resources.Add(new(symbol, type, existing, Conditional(file), [.. decorators]));
    }

    private void Module(BicepFile file)
    {
        _at++;
        var symbol = Take();
        var path = Take();
        SkipTo("=");
        file.Modules.Add(new(symbol, path, (BicepObject)Conditional(file)));
    }

    private BicepValue Conditional(BicepFile file)
    {
        if (Now.Is("if"))
        {
            _at++;
            Balanced();
        }

        return Value(file);
    }

    private BicepValue Value(BicepFile? file = null)
    {
        SkipNewLines();
        if (Now.Kind == BicepTokenKind.Text && IsAlone(_at + 1))
        {
            return new BicepString(Take());
        }

        if (Now.Is("{"))
        {
            return Object(file);
        }

        return Now.Is("[") && IsAlone(EndOf(_at)) ? Array(file) : new BicepExpression(Expression());
    }

    private BicepObject Object(BicepFile? file)
    {
        Dictionary<string, BicepValue> properties = [];
        _at++;
        for (SkipSeparators(); !Now.Is("}"); SkipSeparators())
        {
            if (Now.Is("resource") && file is not null && !_tokens[_at + 1].Is(":"))
            {
                Resource(file, []);
                continue;
            }

            var name = Take();
            SkipTo(":");
            properties.Add(name, Value());
        }

        _at++;
        return new(properties);
    }

    private BicepValue Array(BicepFile? file)
    {
        _at++;
        SkipSeparators();
        if (Now.Is("for"))
        {
            _at++;
            var start = _at;
            for (; !Now.Is(":"); _at++)
            {
                if (Now.Is("["))
                {
                    _at = EndOf(_at) - 1;
                }
            }

            var items = Written(start, _at++);
            var body = Value(file);
            SkipSeparators();
            _at++;
            return new BicepLoop(items, body);
        }

        List<BicepValue> values = [];
        for (; !Now.Is("]"); SkipSeparators())
        {
            values.Add(Value());
        }

        _at++;
        return new BicepArray(values);
    }

    // To the end of the line, or of what encloses it; brackets and operators carry it on.
    private string Expression()
    {
        var start = _at;
        while (Now.Kind != BicepTokenKind.End && !Now.Is(",") && !Closing.Contains(Sign(_at)))
        {
            if (Now.Kind == BicepTokenKind.NewLine && IsAlone(_at))
            {
                break;
            }

            _at = Opening.Contains(Sign(_at)) ? EndOf(_at) : _at + 1;
        }

        return Written(start, _at);
    }

    // Whether a value that ended here is complete: the line ends and the next one does not go on with an operator.
    private bool IsAlone(int at)
    {
        if (_tokens[at].Kind == BicepTokenKind.Sign && !Closing.Contains(Sign(at)) && !_tokens[at].Is(","))
        {
            return false;
        }

        while (_tokens[at].Kind == BicepTokenKind.NewLine)
        {
            at++;
        }

        return !Continuing.Contains(Sign(at));
    }

    private string Sign(int at) => _tokens[at].Kind == BicepTokenKind.Sign ? _tokens[at].Value : "";

    private int EndOf(int at)
    {
        var depth = 0;
        do
        {
            depth += Opening.Contains(Sign(at)) ? 1 : Closing.Contains(Sign(at)) ? -1 : 0;
            at++;
        }
        while (depth > 0 && _tokens[at].Kind != BicepTokenKind.End);
        return at;
    }

    private string Written(int from, int to) =>
        string.Join(' ', _tokens.Skip(from).Take(to - from).Where(t => t.Kind != BicepTokenKind.NewLine).Select(t => t.Value));

    private void Balanced() => _at = EndOf(_at);

    private string Take() => _tokens[_at++].Value;

    private void SkipTo(string sign)
    {
        while (!Now.Is(sign))
        {
            _at++;
        }

        _at++;
    }

    private void SkipNewLines()
    {
        while (Now.Kind == BicepTokenKind.NewLine)
        {
            _at++;
        }
    }

    private void SkipSeparators()
    {
        while (Now.Kind == BicepTokenKind.NewLine || Now.Is(","))
        {
            _at++;
        }
    }

    private void SkipLine()
    {
        while (Now.Kind is not (BicepTokenKind.NewLine or BicepTokenKind.End))
        {
            _at++;
        }

        SkipNewLines();
    }
}
