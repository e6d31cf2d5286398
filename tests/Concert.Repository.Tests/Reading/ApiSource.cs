using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Reading;

/// <summary>The API's endpoints as its sources map them: a verb and a constant of <c>Routes</c>. GET answers HEAD too.</summary>
internal static class ApiSource
{
    private const string Names = "Routes";

    private static readonly Dictionary<string, string[]> Verbs = new(StringComparer.Ordinal)
    {
        ["MapGet"] = ["GET", "HEAD"], ["MapPost"] = ["POST"], ["MapPut"] = ["PUT"], ["MapPatch"] = ["PATCH"], ["MapDelete"] = ["DELETE"],
    };

    /// <summary>Every method and route. Fails when a route is not mapped in a form that is understood here.</summary>
    public static IReadOnlySet<string> Routes
    {
        get
        {
            var source = CSharpSource.Of("src/Concert.Api");
            var found = source.Nodes<InvocationExpressionSyntax>().SelectMany(call => Mapped(source, call)).ToList();
            var missing = All(source).Except(found.Select(f => f.Name)).ToList();
            return missing.Count == 0
                ? found.Select(f => f.Route).ToHashSet()
                : throw new InvalidDataException($"Nothing is mapped to {string.Join(", ", missing)}.");
        }
    }

    /// <summary>A method and route as both sides are compared.</summary>
    public static string Route(string method, string route) => $"{method.ToUpperInvariant()} {route.Trim('/')}";

    private static IEnumerable<string> All(CSharpSource source) =>
        source.Nodes<ClassDeclarationSyntax>().Single(c => c.Identifier.Text == Names).Members.OfType<FieldDeclarationSyntax>()
            .SelectMany(f => f.Declaration.Variables).Select(v => v.Identifier.Text);

    private static IEnumerable<(string Name, string Route)> Mapped(CSharpSource source, InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: var verb } && Verbs.TryGetValue(verb, out var methods)
        && call.ArgumentList.Arguments[0].Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: Names } } route
            ? methods.Select(method => (route.Name.Identifier.Text, Route(method, source.Text(route))))
            : [];
}
