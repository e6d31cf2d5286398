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

namespace Concert.Repository.Tests.Reading;

/// <summary>The options classes of src, the settings that they are bound from, and their values as a host reads them.</summary>
internal static partial class OptionsClasses
{
    private static readonly string[] Assemblies = ["Concert.Booking", "Concert.Api", "Concert.Azure", "Concert.Embedded", "ConcertFunctions.Local"];

    /// <summary>Options that are bound elsewhere or not by a section, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotBound = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["WriterSettings"] = "is made of EmbeddedOptions",
        ["EmbeddedOptions.DataFolder"] = "is what --data and Concert:DataFolder say",
    };

    /// <summary>Settings without a default that could be used; the hosts below are given a value.</summary>
    private static readonly string[] Needed =
        ["WaitingRoom:SigningKey", "Admin:Key", "Cosmos:AccountEndpoint", "Cosmos:ConnectionString", "Redis:Endpoint", "Redis:Configuration"];

    public static IEnumerable<Type> All => Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => type is { IsClass: true, IsAbstract: false } && OptionsName().IsMatch(type.Name) && !NotBound.ContainsKey(type.Name));

    /// <summary>Types, and properties as Type.Name, that a list of exceptions may name.</summary>
    public static IReadOnlySet<string> Names => Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())
        .SelectMany(type => type.GetProperties().Select(p => $"{type.Name}.{p.Name}").Append(type.Name)).ToHashSet(StringComparer.Ordinal);

    /// <summary>In the order of the source.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => (p.CanWrite || typeof(IList).IsAssignableFrom(p.PropertyType) || IsList(p.PropertyType)) && !NotBound.ContainsKey($"{type.Name}.{p.Name}"));

    public static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>);

    public static string? SectionOf(Type type) => type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string;

    /// <summary>As it is written in configuration: WaitingRoom:MaxActive.</summary>
    public static string SettingOf(PropertyInfo property) => SectionOf(property.DeclaringType!) is { Length: > 0 } section ? $"{section}:{property.Name}" : property.Name;

    /// <summary>The options as the host that has them reads them.</summary>
    public static async Task<object> ReadAsync(Type type, params (string Key, string Value)[] settings)
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
            return options.GetProperty("Value")!.GetValue(services.GetRequiredService(options))!;
        }

        // Built and not started.
        await using var app = LocalHost.Build(LocalArguments.Parse(["--memory", "--urls=http://127.0.0.1:0", .. settings.Select(s => $"--{s.Key}={s.Value}")]));
        return options.GetProperty("Value")!.GetValue(app.Services.GetRequiredService(options))!;
    }

    /// <summary>The default as it is written in configuration; a dash where there is none.</summary>
    public static string DefaultOf(PropertyInfo property, object options) => Describe(Needed.Contains(SettingOf(property)) ? null : property.GetValue(options));

    /// <summary>A value as it is written in configuration.</summary>
    public static string Describe(object? value) => value switch
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
}
