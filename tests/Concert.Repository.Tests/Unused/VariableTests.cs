using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Unused;

/// <summary>Environment variables of tests and tools: each that a page or script names is read, and each that is read is on a page.</summary>
public sealed partial class VariableTests
{
    /// <summary>What a test sets for a process of its own.</summary>
    private static readonly string[] OfOneTest = ["CONCERT_TEST_CRASH_FOLDER"];

    private static IEnumerable<string> Read => new[] { "src", "tests", "tools", "bench" }.SelectMany(Repo.Sources)
        .SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<LiteralExpressionSyntax>())
        .Where(literal => literal.IsKind(SyntaxKind.StringLiteralExpression) && Whole().IsMatch(literal.Token.ValueText)).Select(literal => literal.Token.ValueText).Except(OfOneTest);

    private static IEnumerable<string> Named => Repo.Files("", "*.md").Append(".ci/run").SelectMany(file => Name().Matches(Repo.Text(file))).Select(m => m.Value).Distinct();

    [Fact]
    public void Variables_OnPagesAndInScripts_AreRead() => Named.Except(Read).ShouldBeEmpty();

    [Fact]
    public void Variables_ThatAreRead_AreOnAPage() => Read.Except(Named).ShouldBeEmpty();

    [GeneratedRegex(@"\b(CONCERT|COSMOS_EMULATOR)_[A-Z][A-Z_]+\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(CONCERT|COSMOS_EMULATOR)_[A-Z][A-Z_]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
