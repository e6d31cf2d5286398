using System.Reflection;

namespace Concert.Api.Requests;

/// <summary>
/// A parameter of a handler that comes from the request. The framework makes it before any filter runs, so it reads nothing then: the input filter
/// reads and checks it once it is known who calls.
/// </summary>
internal interface IInput
{
    /// <summary>The problem with the input; null when it has a value.</summary>
    ValueTask<Problem?> ReadAsync(Call call);
}

/// <summary>The id in the route that has the handler parameter's name.</summary>
internal sealed class RouteId(string name) : IInput
{
    public string Value { get; private set; } = "";

    public static ValueTask<RouteId?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new RouteId(parameter.Name!));

    public ValueTask<Problem?> ReadAsync(Call call)
    {
        Value = call.Http.Request.RouteValues[name] as string ?? "";
        return new(Text.WrongId(name, Value));
    }
}

/// <summary>A query parameter of the handler parameter's name, given at most once; null when absent.</summary>
internal class QueryText(string name) : IInput
{
    protected string Name { get; } = name;

    public string? Text { get; private set; }

    public static ValueTask<QueryText?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new QueryText(parameter.Name!));

    public virtual ValueTask<Problem?> ReadAsync(Call call)
    {
        var values = call.Http.Request.Query[Name];
        if (values.Count > 1)
        {
            return new(Problem.Invalid($"{Name} is given more than once."));
        }

        Text = values.FirstOrDefault();
        return default;
    }
}

/// <summary>A query parameter that is an id and must be there.</summary>
internal sealed class QueryId(string name) : QueryText(name)
{
    public string Value => Text!;

    public static new ValueTask<QueryId?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new QueryId(parameter.Name!));

    public override async ValueTask<Problem?> ReadAsync(Call call) => await base.ReadAsync(call) ?? Requests.Text.WrongId(Name, Text);
}

/// <summary>A query parameter that is a name, in the one form of it; null when absent.</summary>
internal sealed class QueryName(string name) : QueryText(name)
{
    public string? Value { get; private set; }

    public static new ValueTask<QueryName?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new QueryName(parameter.Name!));

    public override async ValueTask<Problem?> ReadAsync(Call call)
    {
        if (await base.ReadAsync(call) is { } twice)
        {
            return twice;
        }

        if (Text is null)
        {
            return null;
        }

        var read = PlainText.ReadName(Name, Text, ApiLimits.NameLength);
        if (read.IsRefused(out var refusal))
        {
            return Problem.From(refusal);
        }

        Value = read.Value;
        return null;
    }
}

/// <summary>A query parameter that can only be <c>all</c> or <c>sections</c>.</summary>
internal sealed class SeatsIncluded(string name) : QueryText(name)
{
    public bool All => Text == "all";

    public bool SectionsOnly => Text == "sections";

    public static new ValueTask<SeatsIncluded?> BindAsync(HttpContext context, ParameterInfo parameter) => new(new SeatsIncluded(parameter.Name!));

    public override async ValueTask<Problem?> ReadAsync(Call call) =>
        await base.ReadAsync(call) ?? (Text is null or "all" or "sections" ? null : Problem.Invalid($"{Name} can only be all or sections."));
}

/// <summary><c>?continuation=&amp;limit=</c></summary>
internal sealed class PageQuery : IInput
{
    private readonly QueryText _continuation = new("continuation");
    private readonly QueryText _limit = new("limit");

    public string? Continuation => _continuation.Text;

    public int Limit { get; private set; } = ApiLimits.DefaultPage;

    public static ValueTask<PageQuery?> BindAsync(HttpContext context) => new(new PageQuery());

    public async ValueTask<Problem?> ReadAsync(Call call)
    {
        if ((await _continuation.ReadAsync(call) ?? await _limit.ReadAsync(call)) is { } twice)
        {
            return twice;
        }

        if (Continuation is { } token && Text.WrongId("continuation", token, ApiLimits.ContinuationLength) is { } wrong)
        {
            return wrong;
        }

        if (_limit.Text is { } text)
        {
            if (!int.TryParse(text, System.Globalization.NumberStyles.None, null, out var limit) || limit is < 1 or > ApiLimits.MaxPage)
            {
                return Problem.Invalid($"limit must be 1 to {ApiLimits.MaxPage}.");
            }

            Limit = limit;
        }

        return null;
    }
}
