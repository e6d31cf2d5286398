using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Concert.Azure.Cosmos;
using Concert.Azure.Redis;
using ConcertFunctions.Local.Hosting;
using ConcertFunctions.Local.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Concert.Repository.Tests.Documents;

/// <summary>Every property of every options class can be set from configuration and is in the table of docs/operations/settings.md with its default.</summary>
public sealed partial class SettingTests
{
    private static readonly string[] Assemblies = ["Concert.Booking", "Concert.Api", "Concert.Azure", "Concert.Embedded", "ConcertFunctions.Local"];

    /// <summary>Options that are bound elsewhere or not by a section, and why.</summary>
    private static readonly Dictionary<string, string> NotBound = new(StringComparer.Ordinal)
    {
        ["WriterSettings"] = "is made of EmbeddedOptions",
        ["EmbeddedOptions.DataFolder"] = "is what --data and Concert:DataFolder say",
    };

    private static readonly Lazy<string> SettingsPage = new(() => Repo.Text("docs/operations/settings.md"));

    private static IEnumerable<Type> OptionsTypes => Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => type is { IsClass: true, IsAbstract: false } && OptionsName().IsMatch(type.Name) && !NotBound.ContainsKey(type.Name));

    public static TheoryData<string> Settings => [.. OptionsTypes.SelectMany(PropertiesOf).Select(NameOf).Order(StringComparer.Ordinal)];

    [Fact]
    public void Options_All_NameTheirSection() => OptionsTypes.Where(type => SectionOf(type) is null).ShouldBeEmpty();

    [Fact]
    public void Exceptions_All_AreThere()
    {
        var names = Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetProperties().Select(p => $"{type.Name}.{p.Name}").Append(type.Name)).ToHashSet(StringComparer.Ordinal);
        NotBound.Keys.ShouldAllBe(name => names.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_InConfiguration_ReachesItsOption(string setting)
    {
        var (type, property) = Find(setting);
        var before = await ReadAsync(type, property);
        var reached = false;
        foreach (var (key, text, expected) in Candidates(setting, property, before))
        {
            try
            {
                var read = await ReadAsync(type, property, (key, text));
                Describe(read).ShouldBe(expected, $"{key}={text}");
                Describe(read).ShouldNotBe(Describe(before));
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

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_InTheDocs_HasItsDefault(string setting)
    {
        var row = Regex.Match(SettingsPage.Value, $@"^\| `{Regex.Escape(setting)}` \| (?<default>[^|]*?) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        row.Success.ShouldBeTrue($"docs/operations/settings.md has no row for {setting}.");
        var (type, property) = Find(setting);
        if (!IsGivenToEveryHost(setting))
        {
            row.Groups["default"].Value.ShouldBe(Describe(await ReadAsync(type, property)), setting);
        }
    }

    [Fact]
    public void Docs_Rows_AreAllSettings()
    {
        var rows = DocumentedSetting().Matches(SettingsPage.Value).Select(m => m.Groups["setting"].Value).ToList();
        rows.Count.ShouldBeGreaterThan(50);
        rows.ShouldBeSubsetOf(OptionsTypes.SelectMany(PropertiesOf).Select(NameOf));
    }

    // What has no default that could be used; the hosts below are given one.
    private static bool IsGivenToEveryHost(string setting) => setting is "WaitingRoom:SigningKey" or "Admin:Key" or "Cosmos:AccountEndpoint" or "Cosmos:ConnectionString" or "Redis:Endpoint" or "Redis:Configuration";

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => (p.CanWrite || typeof(IList).IsAssignableFrom(p.PropertyType) || IsList(p.PropertyType)) && !NotBound.ContainsKey($"{type.Name}.{p.Name}"));

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>);

    private static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static string NameOf(PropertyInfo property) => SectionOf(property.DeclaringType!) is { Length: > 0 } section ? $"{section}:{property.Name}" : property.Name;

    private static (Type Type, PropertyInfo Property) Find(string setting) =>
        OptionsTypes.SelectMany(PropertiesOf).Where(p => NameOf(p) == setting).Select(p => (p.DeclaringType!, p)).Single();

    /// <summary>The option as the host that has it reads it.</summary>
    private static async Task<object?> ReadAsync(Type type, PropertyInfo property, params (string Key, string Value)[] settings)
    {
        var options = typeof(IOptions<>).MakeGenericType(type);
        if (type.Assembly.GetName().Name == "Concert.Azure")
        {
            // Exactly one of two settings says where each is.
            List<KeyValuePair<string, string?>> given = [];
            if (!settings.Any(s => s.Key is "Cosmos:AccountEndpoint" or "Cosmos:ConnectionString"))
            {
                given.Add(new("Cosmos:ConnectionString", "AccountEndpoint=https://localhost:8081/;AccountKey=AAAA;"));
            }

            if (!settings.Any(s => s.Key is "Redis:Endpoint" or "Redis:Configuration"))
            {
                given.Add(new("Redis:Configuration", "localhost:6379"));
            }

            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(given)
                .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build();
            await using var services = new ServiceCollection().AddConcertCosmos(configuration).AddConcertRedis(configuration).BuildServiceProvider();
            return property.GetValue(options.GetProperty("Value")!.GetValue(services.GetRequiredService(options)));
        }

        // Built and not started.
        await using var app = LocalHost.Build(LocalArguments.Parse(["--memory", "--urls=http://127.0.0.1:0", .. settings.Select(s => $"--{s.Key}={s.Value}")]));
        return property.GetValue(options.GetProperty("Value")!.GetValue(app.Services.GetRequiredService(options)));
    }

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
        if (IsList(property.PropertyType))
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

    /// <summary>As it is written in configuration and in the docs.</summary>
    private static string Describe(object? value) => value switch
    {
        null or "" => "–",
        TimeSpan time => time.ToString("c"),
        bool yes => yes ? "true" : "false",
        string text => text,
        IEnumerable items => items.Cast<object>().ToList() is { Count: > 0 } all ? string.Join(", ", all.Select(DescribeItem)) : "–",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string DescribeItem(object item) =>
        item as string ?? string.Join(' ', item.GetType().GetProperties().Select(p => Describe(p.GetValue(item))));

    [GeneratedRegex("(Options|Settings)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OptionsName();

    [GeneratedRegex(@"^\| `(?<setting>[A-Z]\w*(:\w+)?)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DocumentedSetting();
}
