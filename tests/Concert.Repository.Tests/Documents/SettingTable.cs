using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Documents;

/// <summary>
/// The tables of docs/operations/settings.md, made from the options classes: names and defaults are those that a host reads, values those that its validation
/// allows, and the sentence is the property's docstring, so that it is written once.
/// </summary>
internal static partial class SettingTable
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Summaries = new(ReadSummaries);

    /// <summary>The page with each table between its marks made anew.</summary>
    public static async Task<string> RenewAsync(string page)
    {
        var marks = Marked().Matches(page);
        marks.Select(mark => mark.Groups["group"].Value).ShouldBe(["everywhere", "azure", "embedded"]);
        foreach (Match mark in marks)
        {
            var group = mark.Groups["group"].Value;
            page = page.Replace(mark.Value, $"<!-- settings: {group} -->\n{await TableAsync(group)}<!-- /settings -->", StringComparison.Ordinal);
        }

        return page;
    }

    private static async Task<string> TableAsync(string group)
    {
        List<string> lines = ["| setting | in the environment | values | default | what it does |", "|---|---|---|---|---|"];

        // The flat ones, which have no section, come last.
        var types = OptionsClasses.All.Where(type => GroupOf(type) == group).OrderBy(type => OptionsClasses.SectionOf(type) is "" ? 1 : 0)
            .ThenBy(OptionsClasses.SectionOf, StringComparer.Ordinal);
        foreach (var type in types)
        {
            var options = await OptionsClasses.ReadAsync(type);
            lines.AddRange(OptionsClasses.PropertiesOf(type).Select(property => Row(property, options)));
        }

        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string GroupOf(Type type) => type.Assembly.GetName().Name switch
    {
        "Concert.Azure" => "azure",
        "Concert.Embedded" => "embedded",

        // ADR 0027.
        "Concert.Api" when type.Name == "StreamOptions" => "embedded",

        // The timers are functions in Azure, and their settings are the triggers'.
        "ConcertFunctions.Local" when type.Name != "TimersOptions" => "embedded",
        _ => "everywhere",
    };

    private static string Row(PropertyInfo property, object options)
    {
        var name = $"{property.DeclaringType!.Name}.{property.Name}";
        var setting = OptionsClasses.SettingOf(property);
        string[] cells =
        [
            $"`{setting}`",
            string.Join(", ", Variables(property, setting.Replace(":", "__", StringComparison.Ordinal)).Select(variable => $"`{variable}`")),
            Values(property),
            OptionsClasses.DefaultOf(property, options),
            Summaries.Value[name] is { Length: > 0 } summary ? summary : throw new InvalidDataException($"{name} has no docstring, which is the sentence of its row."),
        ];
        return $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
    }

    private static IEnumerable<string> Variables(PropertyInfo property, string variable)
    {
        if (!OptionsClasses.IsList(property.PropertyType))
        {
            return [variable];
        }

        var item = Item(property);
        return item == typeof(string) ? [$"{variable}__0"] : item.GetProperties().Select(p => $"{variable}__0__{p.Name}");
    }

    private static Type Item(PropertyInfo property) => property.PropertyType.GetGenericArguments()[0];

    private static string Values(PropertyInfo property)
    {
        foreach (var attribute in property.GetCustomAttributesData().Where(a => a.AttributeType.IsAssignableTo(typeof(ValidationAttribute))))
        {
            var arguments = attribute.ConstructorArguments;
            switch (attribute.AttributeType.Name)
            {
                case "SettingRangeAttribute":
                    return $"{arguments[1].Value} to {arguments[2].Value}";
                case "SecretLengthAttribute":
                    var isOptional = attribute.NamedArguments.Any(a => a is { MemberName: "IsOptional", TypedValue.Value: true });
                    return $"{(isOptional ? "empty, or " : "")}at least {arguments[1].Value} characters";
                case "TimerIntervalAttribute":
                    var allowed = attribute.AttributeType.GetProperty("Allowed", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
                    return ((string)allowed).Replace('\'', '`');
            }
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type.IsEnum ? string.Join(" or ", Enum.GetNames(type).Select(name => $"`{name}`"))
            : type == typeof(bool) ? "`true` or `false`"
            : type == typeof(string) ? "text"
            : !OptionsClasses.IsList(type) ? throw new InvalidDataException($"{property.DeclaringType!.Name}.{property.Name} has no range.")
            : Item(property) == typeof(string) ? "a list of texts"
            : $"a list of {string.Join(", ", Item(property).GetProperties().Select(p => $"`{p.Name}` ({Values(p)})"))}";
    }

    private static Dictionary<string, string> ReadSummaries()
    {
        var names = OptionsClasses.All.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        return Repo.Sources("src").SelectMany(file => Repo.Parse(file).DescendantNodes().OfType<ClassDeclarationSyntax>())
            .Where(type => names.Contains(type.Identifier.Text))
            .SelectMany(type => type.Members.OfType<PropertyDeclarationSyntax>(), (type, property) => (Name: $"{type.Identifier.Text}.{property.Identifier.Text}", Text: Summary(property)))
            .ToDictionary(row => row.Name, row => row.Text, StringComparer.Ordinal);
    }

    /// <summary>The docstring as a line of Markdown; empty without one.</summary>
    private static string Summary(PropertyDeclarationSyntax property)
    {
        var comment = property.GetLeadingTrivia().Select(trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>().LastOrDefault();
        var summary = comment?.Content.OfType<XmlElementSyntax>().FirstOrDefault(element => element.StartTag.Name.LocalName.Text == "summary");
        return summary is null
            ? ""
            : Space().Replace(string.Concat(XElement.Parse(Slashes().Replace(summary.ToFullString(), " ")).Nodes().Select(Markdown)), " ").Trim();
    }

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference => $"`{reference.Value[(reference.Value.LastIndexOf('.') + 1)..]}`",
        _ => throw new InvalidDataException($"A docstring of a setting has {node}, which no table can show."),
    };

    [GeneratedRegex("<!-- settings: (?<group>[a-z]+) -->\n.*?<!-- /settings -->", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Marked();

    [GeneratedRegex(@"^[ \t]*///", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Slashes();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Space();
}
