using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Unused;

/// <summary>Types and members of src that nothing in src uses. Tests alone are no use. What leaves the code leaves these lists.</summary>
[Trait("Speed", "Slow")]
public sealed class CodeTests
{
    /// <summary>What something outside of src calls, and who.</summary>
    private static readonly Dictionary<string, string> UsedFromOutside = new(StringComparer.Ordinal)
    {
        ["Applied.Payment"] = "WalletDecisionTests look at the payment that a change wrote or found",
        ["Conflict.Operation"] = "says which operation of a batch met a conflict: the ports' contract holds every store to it",
        ["EmbeddedSeatGate.Count"] = "shows the tests that swept entries are gone",
        ["IDocument.Type"] = "stands in every document, for people who look into a store",
        ["LuaScripts.All"] = "the test of all keys runs every script",
        ["QueueStatus.DeadLetters"] = "the tests of queue and pump look at it",
        ["QueueStatus.InFlight"] = "the tests of queue and pump look at it",
        ["Refused.Payment"] = "see Applied.Payment",
        ["SecretLengthAttribute.Min"] = "CA1019: the argument of an attribute can be read",
        ["SecretLengthAttribute.Section"] = "CA1019: the argument of an attribute can be read",
        ["SettingChoiceAttribute.Section"] = "CA1019: the argument of an attribute can be read",
        ["TimersOptions.Section"] = "SettingTests finds the section of every options class by it",
        ["WaitingLine.Active"] = "the rooms of the fakes and of the simulation are this line, and their rules look into it",
        ["WaitingLine.Early"] = "see WaitingLine.Active",
        ["WaitingLine.Ended"] = "see WaitingLine.Active",
        ["WaitingLine.Record"] = "see WaitingLine.Active",
        ["WaitingLine.Waiting"] = "see WaitingLine.Active",
    };

    /// <summary>What src reads and never sets, and who does.</summary>
    private static readonly Dictionary<string, string> SetFromOutside = new(StringComparer.Ordinal);

    /// <summary>Optional parameters that no call in src gives, and who does.</summary>
    private static readonly Dictionary<string, string> GivenFromOutside = new(StringComparer.Ordinal)
    {
        ["LocalHost.Build configure"] = "tests replace services of the host",
        ["MemorySeatMapCache.new capacity"] = "tests fill a small one",
        ["RequestCharges.new observer"] = "tests look at each charge",
    };

    /// <summary>Methods that the framework finds by their name.</summary>
    private static readonly string[] ByConvention = ["BindAsync"];

    /// <summary>The Functions host starts what carries one of these.</summary>
    private static readonly string[] EntryPoints = ["Function"];

    [Fact]
    public void Types_EachOne_IsUsedOutsideItself()
    {
        var unused = SourceUses.All.Declared.Where(d => d.Symbol is INamedTypeSymbol).GroupBy(d => d.Id)
            .Where(parts => !parts.Any(part => IsEntryPoint(part) || IsUsed(part) || Members(part.Node).Any(IsEntryPoint) || Members(part.Node).Any(m => IsUsedElsewhere(m) || SourceUses.All.IsNamedWhereNothingIsBound(m))))
            .Select(parts => parts.First());

        Names(unused).ShouldBe(UsedFromOutside.Keys.Where(name => !name.Contains('.', StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public void Members_EachOne_IsUsedBySrc()
    {
        var unused = SourceUses.All.Declared.Where(d => d.Symbol is not INamedTypeSymbol && !IsEntryPoint(d) && !IsMeantForTheRuntime(d.Symbol) && !IsSerialized(d.Symbol) && !IsUsed(d));

        Names(unused).ShouldBe(UsedFromOutside.Keys.Where(name => name.Contains('.', StringComparison.Ordinal)), ignoreOrder: true);
    }

    [Fact]
    public void Properties_EachOneThatIsRead_IsSetBySrc()
    {
        var neverSet = SourceUses.All.Declared.Where(d => d.Node is PropertyDeclarationSyntax property && d.Symbol is IPropertySymbol { SetMethod: not null } symbol
            && property.Initializer is null && !IsMeantForTheRuntime(symbol) && !IsSerialized(symbol) && !IsOption(symbol) && !SourceUses.All.IsNamedWhereNothingIsBound(d)
            && SourceUses.All.Of(d).Any() && !SourceUses.All.Of(d).Any(IsWrite));

        Names(neverSet).ShouldBe(SetFromOutside.Keys, ignoreOrder: true);
    }

    [Fact]
    public void OptionalParameters_EachOne_IsGivenBySomeCall()
    {
        var methods = SourceUses.All.Declared.Select(d => d.Symbol).OfType<IMethodSymbol>()
            .Concat(SourceUses.All.Declared.Select(d => d.Symbol).OfType<INamedTypeSymbol>().SelectMany(type => type.InstanceConstructors));
        var neverGiven = methods.Where(method => !method.IsOverride && !Implements(method))
            .SelectMany(method => method.Parameters.Where(p => p.HasExplicitDefaultValue && !SourceUses.All.IsGiven(method, p) && !IsSetAsProperty(method, p)), (method, p) =>
                $"{method.ContainingType.Name}.{(method.MethodKind == MethodKind.Constructor ? "new" : method.Name)} {p.Name}");

        neverGiven.Distinct().Order(StringComparer.Ordinal).ShouldBe(GivenFromOutside.Keys, ignoreOrder: true);
    }

    /// <summary>A record's parameter may be given in a <c>with</c> or an initializer as well, and is by the serializer.</summary>
    private static bool IsSetAsProperty(IMethodSymbol method, IParameterSymbol parameter) =>
        method is { MethodKind: MethodKind.Constructor, ContainingType.IsRecord: true } && SourceUses.All.Declared.Any(d =>
            d.Symbol is IPropertySymbol property && property.Name == parameter.Name && SymbolEqualityComparer.Default.Equals(property.ContainingType, method.ContainingType)
            && (IsSerialized(property) || SourceUses.All.Of(d).Any(IsWrite)));

    private static IEnumerable<string> Names(IEnumerable<Declared> declared) => declared.Select(d => d.Name).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<Declared> Members(SyntaxNode type) => SourceUses.All.Declared.Where(d => d.Node != type && type.Contains(d.Node));

    private static bool IsUsed(Declared declared) =>
        SourceUses.All.IsNamedWhereNothingIsBound(declared) || SourceUses.All.Of(declared).Any(place => !declared.Node.Contains(place));

    private static bool IsUsedElsewhere(Declared member) =>
        SourceUses.All.Of(member).Any(place => !member.Symbol.ContainingType.DeclaringSyntaxReferences.Any(type => type.GetSyntax().Contains(place)));

    private static bool IsEntryPoint(Declared declared) =>
        declared.Node is MethodDeclarationSyntax method && method.AttributeLists.SelectMany(list => list.Attributes).Any(a => EntryPoints.Contains(a.Name.ToString()));

    /// <summary>Overrides and implementations are called through what they override; constructors and operators go with their type.</summary>
    private static bool IsMeantForTheRuntime(ISymbol symbol) =>
        symbol is { IsOverride: true } or IMethodSymbol { MethodKind: not MethodKind.Ordinary } or { IsImplicitlyDeclared: true, Kind: not SymbolKind.Property }
        || ByConvention.Contains(symbol.Name) || Implements(symbol);

    private static bool IsSerialized(ISymbol symbol) =>
        symbol is IPropertySymbol && SourceUses.All.Serialized.Contains(symbol.ContainingType.OriginalDefinition.GetDocumentationCommentId()!);

    private static bool Implements(ISymbol symbol) => symbol.ContainingType is { TypeKind: not TypeKind.Interface } type
        && type.AllInterfaces.SelectMany(i => i.GetMembers()).Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), symbol));

    /// <summary>Options are bound from configuration.</summary>
    private static bool IsOption(ISymbol symbol) => symbol.ContainingType.GetMembers("Section").Length > 0;

    private static bool IsWrite(SyntaxNode place)
    {
        var whole = place.Parent is MemberAccessExpressionSyntax access && access.Name == place ? access : place;
        var target = whole.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple } ? tuple : whole;
        return target.Parent is AssignmentExpressionSyntax assignment && assignment.Left == target
            || whole.Parent is ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword or (int)SyntaxKind.RefKeyword }
            || whole.Parent is PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.PlusPlusToken or (int)SyntaxKind.MinusMinusToken };
    }
}
