using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Reading;

/// <summary>C# below a folder, as syntax: the app itself cannot be loaded here. A folder that is missing or empty is an error.</summary>
internal sealed class CSharpSource
{
    private static readonly ConcurrentDictionary<string, CSharpSource> AlreadyRead = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ExpressionSyntax> _constants = [];

    private CSharpSource(IReadOnlyList<CompilationUnitSyntax> files)
    {
        Files = files;
        foreach (var field in Nodes<FieldDeclarationSyntax>().Where(f => f.Modifiers.Any(SyntaxKind.ConstKeyword)))
        {
            foreach (var variable in field.Declaration.Variables)
            {
                var type = (field.Parent as BaseTypeDeclarationSyntax)?.Identifier.Text;
                _constants[$"{type}.{variable.Identifier.Text}"] = variable.Initializer!.Value;
            }
        }
    }

    public IReadOnlyList<CompilationUnitSyntax> Files { get; }

    public static CSharpSource Of(params string[] folders) => AlreadyRead.GetOrAdd(
        string.Join('|', folders), _ => new([.. folders.SelectMany(Repo.Sources).Select(Repo.Parse)]));

    public IEnumerable<T> Nodes<T>()
        where T : CSharpSyntaxNode => Files.SelectMany(f => f.DescendantNodes().OfType<T>());

    /// <summary>Every string written in the code.</summary>
    public IEnumerable<string> Strings() =>
        Nodes<LiteralExpressionSyntax>().Where(l => l.IsKind(SyntaxKind.StringLiteralExpression)).Select(l => l.Token.ValueText);

    /// <summary>The text of a constant expression: literals, constants, nameof and their concatenation.</summary>
    public string Text(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case LiteralExpressionSyntax literal:
                return literal.Token.ValueText;
            case BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression):
                return Text(sum.Left) + Text(sum.Right);
            case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } name:
                return name.ArgumentList.Arguments[0].Expression.ToString().Split('.')[^1];
            case MemberAccessExpressionSyntax member:
                return Text(Constant($"{member.Expression.ToString().Split('.')[^1]}.{member.Name.Identifier.Text}"));
            case IdentifierNameSyntax name:
                var type = name.Ancestors().OfType<BaseTypeDeclarationSyntax>().First().Identifier.Text;
                return Text(Constant($"{type}.{name.Identifier.Text}"));
            default:
                throw new NotSupportedException($"{expression} is not a constant that the tests can read.");
        }
    }

    private ExpressionSyntax Constant(string name) =>
        _constants.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"{name} is not a constant of the sources that were read.");
}
