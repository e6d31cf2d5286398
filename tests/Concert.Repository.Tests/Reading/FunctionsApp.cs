using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Reading;

/// <summary>One function of the app: its name and its trigger attribute.</summary>
internal sealed record FunctionSource(string Name, string Trigger, AttributeSyntax Attribute, CSharpSource Source)
{
    /// <summary>The texts of the positional arguments that are constants; enum members keep their name.</summary>
    public IReadOnlyList<string> Positional =>
        [.. Arguments.Where(a => a.NameEquals is null).Select(a => IsEnum(a.Expression) ? a.Expression.ToString().Split('.')[^1] : Source.Text(a.Expression))];

    /// <summary>A named argument as text; null when it is not given.</summary>
    public string? Named(string name) =>
        Arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.Text == name)?.Expression is { } value ? Source.Text(value) : null;

    private IEnumerable<AttributeArgumentSyntax> Arguments => Attribute.ArgumentList?.Arguments ?? [];

    private static bool IsEnum(ExpressionSyntax expression) => expression.ToString().StartsWith("AuthorizationLevel.", StringComparison.Ordinal);
}

/// <summary>What the attributes in src/ConcertFunctions declare.</summary>
internal static class FunctionsApp
{
    public const string Folder = "src/ConcertFunctions";

    private static readonly string[] Triggers = ["HttpTrigger", "ServiceBusTrigger", "TimerTrigger"];

    public static CSharpSource Source => CSharpSource.Of(Folder, "src/Concert.Api", "src/Concert.Azure/ServiceBus");

    public static IReadOnlyList<FunctionSource> Functions
    {
        get
        {
            var source = Source;
            return
            [
                .. from method in source.Nodes<MethodDeclarationSyntax>()
                   from function in Attributes(method.AttributeLists, "Function")
                   let name = source.Text(function.ArgumentList!.Arguments[0].Expression)
                   from parameter in method.ParameterList.Parameters
                   from trigger in Triggers
                   from attribute in Attributes(parameter.AttributeLists, trigger)
                   select new FunctionSource(name, trigger, attribute, source),
            ];
        }
    }

    public static IEnumerable<FunctionSource> With(string trigger) => Functions.Where(f => f.Trigger == trigger);

    private static IEnumerable<AttributeSyntax> Attributes(IEnumerable<AttributeListSyntax> lists, string name) =>
        lists.SelectMany(l => l.Attributes).Where(a => a.Name.ToString().Split('.')[^1] is var n && (n == name || n == name + "Attribute"));
}
