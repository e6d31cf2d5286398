using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Reading;

/// <summary>A type or member that src declares.</summary>
internal sealed record Declared(string Id, ISymbol Symbol, SyntaxNode Node, string File)
{
    /// <summary><c>Type</c> or <c>Type.Member</c>, without namespaces: what the lists of exceptions say.</summary>
    public string Name => Symbol is INamedTypeSymbol ? Symbol.Name : $"{Symbol.ContainingType.Name}.{Symbol.Name}";
}

/// <summary>
/// What src declares, and where src itself uses it: one compilation for each project, without what generators make. A name that cannot be bound (the worker's
/// packages are not here, generated contexts neither) counts as a use of everything that is called so.
/// </summary>
internal sealed class SourceUses
{
    /// <summary>What every project of the SDK has in sight, and what the web SDK adds.</summary>
    private const string Implicit =
        """
        global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks;
        """;

    private const string ImplicitInWeb =
        """
        global using System.Net.Http.Json; global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    private static readonly Lazy<SourceUses> Once = new(() => new SourceUses());

    private readonly List<Declared> _declared = [];
    private readonly Dictionary<string, List<SyntaxNode>> _uses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unbound = new(StringComparer.Ordinal);
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _serialized = new(StringComparer.Ordinal);

    private SourceUses()
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Concert", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path)).ToList();
        var compiled = new Dictionary<string, CSharpCompilation>(StringComparer.Ordinal);
        foreach (var project in InOrder())
        {
            var trees = Repo.Sources($"src/{project.Name}").Select(file => Repo.Parse(file).SyntaxTree).ToList();
            var compilation = CSharpCompilation.Create(project.Name, [Usings(project), .. trees],
                [.. platform, .. project.Projects.Where(compiled.ContainsKey).Select(name => compiled[name].ToMetadataReference())],
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
            compiled.Add(project.Name, compilation);
            foreach (var tree in trees)
            {
                Read(compilation.GetSemanticModel(tree), tree.GetCompilationUnitRoot());
            }
        }
    }

    public static SourceUses All => Once.Value;

    public IReadOnlyList<Declared> Declared => _declared;

    /// <summary>The types that JSON is made of or read into: those that a source-generated context names, and what their properties are made of.</summary>
    public IReadOnlySet<string> Serialized => _serialized;

    /// <summary>The places that use it, the declaration itself not among them.</summary>
    public IEnumerable<SyntaxNode> Of(Declared declared) => _uses.GetValueOrDefault(declared.Id) ?? [];

    /// <summary>Whether a call gives an optional parameter, by its place or its name.</summary>
    public bool IsGiven(IMethodSymbol method, IParameterSymbol parameter) => _given.Contains($"{Id(method)} {parameter.Name}");

    public bool IsNamedWhereNothingIsBound(Declared declared) => _unbound.Contains(declared.Symbol.Name);

    private static IEnumerable<ProjectFile> InOrder()
    {
        var left = Repo.SourceProjects.ToList();
        while (left.Count > 0)
        {
            var next = left.First(project => !left.Any(other => project.Projects.Contains(other.Name)));
            left.Remove(next);
            yield return next;
        }
    }

    private static SyntaxTree Usings(ProjectFile project)
    {
        var own = project.Xml.Descendants("Using").Select(e => e.Attribute("Include")!.Value).Select(name => $"global using {name};");
        var web = project.Xml.Root!.Attribute("Sdk")!.Value == "Microsoft.NET.Sdk.Web" ? ImplicitInWeb : "";
        return CSharpSyntaxTree.ParseText(Implicit + web + string.Join('\n', own), new CSharpParseOptions(LanguageVersion.Preview));
    }

    private void Read(SemanticModel model, CompilationUnitSyntax root)
    {
        foreach (var node in root.DescendantNodes())
        {
            if (node is MemberDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } or ParameterSyntax { Parent.Parent: RecordDeclarationSyntax }
                && node is not BaseNamespaceDeclarationSyntax and not BaseFieldDeclarationSyntax)
            {
                Add(model, root, node);
            }

            switch (node)
            {
                case SimpleNameSyntax name:
                    Bind(model.GetSymbolInfo(name), node, name.Identifier.Text);
                    break;
                case InvocationExpressionSyntax call:
                    Give(model.GetSymbolInfo(call), call.ArgumentList.Arguments);
                    break;
                case BaseObjectCreationExpressionSyntax { ArgumentList: { } arguments } creation:
                    Bind(model.GetSymbolInfo(node), node, null);
                    Give(model.GetSymbolInfo(creation), arguments.Arguments);
                    break;
                case BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax or ElementAccessExpressionSyntax:
                    Bind(model.GetSymbolInfo(node), node, null);
                    break;
                case AttributeSyntax { Name: IdentifierNameSyntax { Identifier.Text: "JsonSerializable" } } attribute:
                    Serialize(model.GetTypeInfo(((TypeOfExpressionSyntax)attribute.ArgumentList!.Arguments[0].Expression).Type).Type);
                    break;
                case ForEachStatementSyntax loop:
                    Use(model.GetForEachStatementInfo(loop).GetEnumeratorMethod, node);
                    break;
                default:
                    break;
            }
        }
    }

    private void Add(SemanticModel model, CompilationUnitSyntax root, SyntaxNode node)
    {
        var symbol = node is ParameterSyntax parameter
            ? (model.GetDeclaredSymbol(parameter)?.ContainingSymbol as IMethodSymbol)?.ContainingType.GetMembers(parameter.Identifier.Text).FirstOrDefault()
            : model.GetDeclaredSymbol(node);
        if (symbol is { Name.Length: > 0 } && Id(symbol) is { } id)
        {
            _declared.Add(new(id, symbol, node, root.SyntaxTree.FilePath));
        }
    }

    private void Bind(SymbolInfo info, SyntaxNode at, string? name)
    {
        Use(info.Symbol, at);
        foreach (var candidate in info.CandidateSymbols)
        {
            Use(candidate, at);
        }

        if (info.Symbol is null && info.CandidateSymbols.IsEmpty && name is not null)
        {
            _unbound.Add(name);
        }
    }

    private void Give(SymbolInfo info, SeparatedSyntaxList<ArgumentSyntax> arguments)
    {
        foreach (var called in info.CandidateSymbols.Append(info.Symbol).OfType<IMethodSymbol>())
        {
            var method = called.OriginalDefinition;
            var parameters = method.Parameters;
            for (var i = 0; i < arguments.Count; i++)
            {
                var name = arguments[i].NameColon?.Name.Identifier.Text ?? (i < parameters.Length ? parameters[i].Name : null);
                _given.Add($"{Id(called.ReducedFrom ?? method)} {name}");
            }
        }
    }

    private void Serialize(ITypeSymbol? type)
    {
        if (type is IArrayTypeSymbol array)
        {
            Serialize(array.ElementType);
        }
        else if (type is INamedTypeSymbol named)
        {
            foreach (var argument in named.TypeArguments)
            {
                Serialize(argument);
            }

            if (named.ContainingAssembly?.Name.StartsWith("Concert", StringComparison.Ordinal) == true && Id(named) is { } id && _serialized.Add(id))
            {
                foreach (var property in named.GetMembers().OfType<IPropertySymbol>())
                {
                    Serialize(property.Type);
                }
            }
        }
    }

    private void Use(ISymbol? symbol, SyntaxNode at)
    {
        if (symbol is IAliasSymbol alias)
        {
            symbol = alias.Target;
        }

        if ((symbol as IMethodSymbol)?.ReducedFrom is { } extension)
        {
            symbol = extension;
        }

        if (symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: { IsRecord: true } record } })
        {
            // In a record's own declaration its parameter stands for the property.
            symbol = record.GetMembers(symbol.Name).FirstOrDefault();
        }

        if (symbol is null || Id(symbol) is not { } id)
        {
            return;
        }

        if (!_uses.TryGetValue(id, out var places))
        {
            _uses.Add(id, places = []);
        }

        places.Add(at);
        if (symbol is IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            Use(symbol.ContainingType, at);
        }
    }

    private static string? Id(ISymbol symbol) => symbol.OriginalDefinition.GetDocumentationCommentId();
}
