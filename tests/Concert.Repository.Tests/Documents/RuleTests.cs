using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Documents;

/// <summary>
/// docs/rules.md against code and tests: the types that make a rule exist, the test classes that prove it exist and carry its id as
/// <c>[Trait("Rule", …)]</c>, and no test carries the id of a rule that the page does not have or does not name it for.
/// </summary>
public sealed partial class RuleTests
{
    private sealed record Rule(string Id, IReadOnlyList<string> MadeBy, IReadOnlyList<string> ProvedBy);

    private static readonly IReadOnlyList<Rule> Page =
    [
        .. Row().Matches(Repo.Text("docs/rules.md")).Select(m => new Rule(m.Groups["id"].Value, Named(m.Groups["made"].Value), Named(m.Groups["proved"].Value))),
    ];

    private static IEnumerable<TypeDeclarationSyntax> TestClasses =>
        Repo.Sources("tests").SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<TypeDeclarationSyntax>());

    private static HashSet<(string Id, string Class)> Carried { get; } = TestClasses.SelectMany(Traits).ToHashSet();

    [Fact]
    public void Rules_EachOne_HasItsOwnIdAndIsMadeAndProvedSomewhere()
    {
        Page.Count.ShouldBeGreaterThan(40);
        Page.Select(rule => rule.Id).ShouldBeUnique();
        Page.ShouldAllBe(rule => rule.MadeBy.Count > 0 && rule.ProvedBy.Count > 0);
    }

    [Fact]
    public void MadeBy_Types_AreDeclaredInSrc()
    {
        var declared = Repo.Sources("src").SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Select(type => type.Identifier.Text).ToHashSet();
        Page.SelectMany(rule => rule.MadeBy.Where(name => !declared.Contains(name)), (rule, name) => $"{rule.Id}: {name}").ShouldBeEmpty();
    }

    [Fact]
    public void ProvedBy_Classes_AreTestClassesOfOneProject()
    {
        var declared = TestClasses.Where(type => type.Modifiers.ToString() is var words && words.Contains("public", StringComparison.Ordinal))
            .GroupBy(type => type.Identifier.Text, type => type.SyntaxTree.FilePath.Split('/')[1]).ToDictionary(g => g.Key, g => g.Distinct().Count());
        Page.SelectMany(rule => rule.ProvedBy).Distinct().Where(name => declared.GetValueOrDefault(name) != 1).ShouldBeEmpty();
    }

    [Fact]
    public void ProvedBy_Classes_CarryTheRule() =>
        Page.SelectMany(rule => rule.ProvedBy, (rule, name) => (rule.Id, name)).Where(pair => !Carried.Contains(pair)).ShouldBeEmpty();

    [Fact]
    public void Traits_EachOne_IsARuleThatNamesTheClass()
    {
        var proved = Page.SelectMany(rule => rule.ProvedBy, (rule, name) => (rule.Id, name)).ToHashSet();
        Carried.Where(pair => !proved.Contains(pair)).ShouldBeEmpty();
    }

    /// <summary>The rules of a class and of its methods.</summary>
    private static IEnumerable<(string Id, string Class)> Traits(TypeDeclarationSyntax type) =>
        type.AttributeLists.Concat(type.Members.OfType<MethodDeclarationSyntax>().SelectMany(method => method.AttributeLists))
            .SelectMany(list => list.Attributes).Where(attribute => attribute.Name.ToString() == "Trait")
            .Select(attribute => attribute.ArgumentList!.Arguments.Select(argument => argument.Expression).OfType<LiteralExpressionSyntax>().Select(l => l.Token.ValueText).ToList())
            .Where(values => values is ["Rule", _]).Select(values => (values[1], type.Identifier.Text));

    private static IReadOnlyList<string> Named(string cell) => [.. Code().Matches(cell).Select(m => m.Groups["name"].Value)];

    [GeneratedRegex(@"^\| (?<id>[A-Z][A-Z0-9-]*) \|[^|]+\|(?<made>[^|]+)\|(?<proved>[^|]+)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
