using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.Options;

namespace Concert.Repository.Tests.Documents;

/// <summary>Every property of every options class can be set from configuration, and docs/operations/settings.md has them all as they are.</summary>
public sealed class SettingTests
{
    private const string Page = "docs/operations/settings.md";

    private const string Mend = "To write the tables anew: CONCERT_UPDATE_DOCS=1 dotnet test tests/Concert.Repository.Tests --filter FullyQualifiedName~SettingTests";

    public static TheoryData<string> Settings => [.. OptionsClasses.All.SelectMany(OptionsClasses.PropertiesOf).Select(OptionsClasses.SettingOf).Order(StringComparer.Ordinal)];

    [Fact]
    public void Options_All_NameTheirSection() => OptionsClasses.All.Where(type => OptionsClasses.SectionOf(type) is null).ShouldBeEmpty();

    [Fact]
    public void Exceptions_All_AreThere() => OptionsClasses.NotBound.Keys.ShouldAllBe(name => OptionsClasses.Names.Contains(name));

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_InConfiguration_ReachesItsOption(string setting)
    {
        var property = OptionsClasses.All.SelectMany(OptionsClasses.PropertiesOf).Single(p => OptionsClasses.SettingOf(p) == setting);
        var before = property.GetValue(await OptionsClasses.ReadAsync(property.DeclaringType!));
        var reached = false;
        foreach (var (key, text, expected) in Candidates(setting, property, before))
        {
            try
            {
                var read = property.GetValue(await OptionsClasses.ReadAsync(property.DeclaringType!, (key, text)));
                OptionsClasses.Describe(read).ShouldBe(expected, $"{key}={text}");
                OptionsClasses.Describe(read).ShouldNotBe(OptionsClasses.Describe(before));
                reached = true;
                break;
            }
            catch (Exception e) when ((e as TargetInvocationException)?.InnerException is OptionsValidationException || e is OptionsValidationException)
            {
                // Out of its range: the next one.
            }
        }

        reached.ShouldBeTrue($"No value that was tried is right for {setting}.");
    }

    [Fact]
    public async Task Tables_OnThePage_AreThoseOfTheOptions()
    {
        var page = Repo.Text(Page);
        var renewed = await SettingTable.RenewAsync(page);
        if (Environment.GetEnvironmentVariable("CONCERT_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(Repo.PathOf(Page), renewed, TestContext.Current.CancellationToken);
            return;
        }

        page.Split('\n').Except(renewed.Split('\n')).ShouldBeEmpty($"These rows are on {Page} and not so in the options. {Mend}");
        renewed.Split('\n').Except(page.Split('\n')).ShouldBeEmpty($"These rows of the options are not on {Page}. {Mend}");
        page.ShouldBe(renewed, Mend);
    }

    [Fact]
    public void Settings_ReadByTheirName_AreOnThePage()
    {
        var page = Repo.Text(Page);
        var names = ReadByName().ToList();
        names.Count.ShouldBeGreaterThan(8);
        names.Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty($"src reads these settings by name, and {Page} does not have them.");
    }

    /// <summary>Settings that src reads from the configuration itself and not by an options class: the index of anything that is called configuration.</summary>
    private static IEnumerable<string> ReadByName()
    {
        var constants = Repo.Sources("src").SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<VariableDeclaratorSyntax>())
            .Where(variable => variable is { Initializer: not null, Parent.Parent: FieldDeclarationSyntax field } && field.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.ConstKeyword)))
            .GroupBy(variable => $"{variable.FirstAncestorOrSelf<ClassDeclarationSyntax>()?.Identifier.Text}.{variable.Identifier.Text}")
            .ToDictionary(same => same.Key, same => same.First().Initializer!.Value, StringComparer.Ordinal);
        return Repo.Sources("src").SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<ElementAccessExpressionSyntax>())
            .Where(access => access.Expression.ToString().EndsWith("onfiguration", StringComparison.Ordinal))
            .Select(access => Text(access.ArgumentList.Arguments.Single().Expression, constants)).Distinct();
    }

    private static string Text(ExpressionSyntax expression, Dictionary<string, ExpressionSyntax> constants) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        BinaryExpressionSyntax sum => Text(sum.Left, constants) + Text(sum.Right, constants),
        InterpolatedStringExpressionSyntax parts => string.Concat(parts.Contents.Select(part => part switch
        {
            InterpolatedStringTextSyntax text => text.TextToken.ValueText,
            InterpolationSyntax value => Text(value.Expression, constants),
            _ => throw new InvalidDataException($"A setting's name has {part}."),
        })),
        InvocationExpressionSyntax { ArgumentList.Arguments: [var named] } call when call.Expression.ToString() == "nameof" => named.ToString().Split('.')[^1],
        MemberAccessExpressionSyntax member => Text(constants[member.ToString()], constants),
        IdentifierNameSyntax name => Text(constants[$"{expression.FirstAncestorOrSelf<ClassDeclarationSyntax>()!.Identifier.Text}.{name}"], constants),
        _ => throw new InvalidDataException($"A setting's name is {expression}, which cannot be told without running it."),
    };

    /// <summary>Values to try, each with its key and how it reads when it has arrived.</summary>
    private static IEnumerable<(string Key, string Text, string Expected)> Candidates(string setting, PropertyInfo property, object? before)
    {
        string[] texts = before switch
        {
            int or long => [Number(before, 1), Number(before, -1)],
            TimeSpan time => [(time + TimeSpan.FromSeconds(1)).ToString("c"), (time / 2).ToString("c")],
            bool yes => [yes ? "false" : "true"],
            Enum choice => [.. Enum.GetNames(choice.GetType()).Where(name => name != choice.ToString())],
            _ => [],
        };
        if (OptionsClasses.IsList(property.PropertyType))
        {
            return property.PropertyType.GetGenericArguments()[0] == typeof(string)
                ? [($"{setting}:0", "https://shop.example", "https://shop.example")]
                : [($"{setting}:0:Percent", "55", "00:00:00 55")];
        }

        return property.PropertyType == typeof(string)
            ? new[] { "00:00:07", "https://name.documents.example:443/", "AccountEndpoint=https://localhost:8082/;AccountKey=BBBB;", new string('s', 64) }.Select(text => (setting, text, text))
            : texts.Select(text => (setting, text, text));
    }

    private static string Number(object value, int by) => (Convert.ToInt64(value, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);
}
