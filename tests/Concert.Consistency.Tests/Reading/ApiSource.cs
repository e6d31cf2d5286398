using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Consistency.Tests.Reading;

/// <summary>
/// The API's table as its sources declare it: an initializer with Name, Method and Route, or a call of a helper with the operation's name first, then
/// method and route, or the route of a GET that is served below <c>api/</c> too.
/// </summary>
internal static class ApiSource
{
    private const string Names = "OperationNames";
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Every method and route. Fails when an operation is declared in a form that is not understood here.</summary>
    public static IReadOnlySet<string> Routes
    {
        get
        {
            var source = CSharpSource.Of("src/Concert.Api");
            var found = source.Nodes<InitializerExpressionSyntax>().SelectMany(i => Initialized(source, i))
                .Concat(source.Nodes<InvocationExpressionSyntax>().SelectMany(i => Called(source, i)))
                .ToList();
            var missing = All(source).Except(found.Select(f => f.Name)).ToList();
            return missing.Count == 0
                ? found.Select(f => f.Route).ToHashSet()
                : throw new InvalidDataException($"No route was found for {string.Join(", ", missing)}.");
        }
    }

    /// <summary>A method and route as both sides are compared.</summary>
    public static string Route(string method, string route) => $"{method.ToUpperInvariant()} {route.Trim('/')}";

    private static IEnumerable<string> All(CSharpSource source) =>
        source.Nodes<ClassDeclarationSyntax>().Single(c => c.Identifier.Text == Names).Members.OfType<FieldDeclarationSyntax>()
            .SelectMany(f => f.Declaration.Variables).Select(v => v.Identifier.Text);

    private static IEnumerable<(string Name, string Route)> Initialized(CSharpSource source, InitializerExpressionSyntax initializer)
    {
        var values = initializer.Expressions.OfType<AssignmentExpressionSyntax>().ToDictionary(a => a.Left.ToString(), a => a.Right);
        if (NameOf(values.GetValueOrDefault("Name")) is not { } name)
        {
            yield break;
        }

        var method = source.Text(values["Method"]);
        yield return (name, Route(method, source.Text(values["Route"])));
        if (values.GetValueOrDefault("Aliases") is CollectionExpressionSyntax aliases)
        {
            foreach (var alias in aliases.Elements.OfType<ExpressionElementSyntax>())
            {
                yield return (name, Route(method, source.Text(alias.Expression)));
            }
        }
    }

    private static IEnumerable<(string Name, string Route)> Called(CSharpSource source, InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        if (arguments.Count < 3 || NameOf(arguments[0].Expression) is not { } name)
        {
            yield break;
        }

        var second = source.Text(arguments[1].Expression);
        if (Methods.Contains(second))
        {
            yield return (name, Route(second, source.Text(arguments[2].Expression)));
        }
        else
        {
            yield return (name, Route("GET", second));
            yield return (name, Route("GET", "api/" + second));
        }
    }

    private static string? NameOf(ExpressionSyntax? expression) =>
        expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: Names } } member ? member.Name.Identifier.Text : null;
}
