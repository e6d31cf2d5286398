using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Concert.Repository.Tests.Reading;

/// <summary>
/// <c>infra/</c> compiled once a run, in a copy in which the app registration is a stub, since its Graph extension comes from a registry.
/// </summary>
internal static class CompiledTemplates
{
    /// <summary>The module that only a machine with a network can compile.</summary>
    public const string NeedsRegistry = "modules/app-registration.bicep";

    private static readonly Lazy<string> Copy = new(MakeCopy);

    private static readonly Lazy<(JsonNode Json, string Said)> Compiled = new(() =>
    {
        var said = Run("build", "main.bicep", "--outfile", "main.json");
        return (Read("main.json"), said);
    });

    private static readonly ConcurrentDictionary<string, Lazy<PredictedDeployment>> Predicted = new(StringComparer.Ordinal);

    /// <summary>The folder of the copy.</summary>
    public static string Folder
    {
        get
        {
            BicepCompiler.Require();
            return Copy.Value;
        }
    }

    /// <summary>Every template but the app registration, relative to <c>infra/</c>.</summary>
    public static IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.bicep", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];

    /// <summary><c>main.bicep</c> as ARM JSON.</summary>
    public static JsonNode Main
    {
        get
        {
            BicepCompiler.Require();
            return Compiled.Value.Json;
        }
    }

    /// <summary>What the compiler said while it made <see cref="Main"/>.</summary>
    public static string SaidOfMain
    {
        get
        {
            BicepCompiler.Require();
            return Compiled.Value.Said;
        }
    }

    /// <summary>What Azure Resource Manager makes of it when nothing but name and region is given.</summary>
    public static PredictedDeployment Default => With("default");

    /// <summary>The same with every switch turned the other way, the private network aside.</summary>
    public static PredictedDeployment Everything => With("everything");

    public static PredictedDeployment PrivateNetwork => With("private-network");

    /// <summary>The template of a module, by the name of its deployment.</summary>
    public static JsonNode Module(string name) =>
        Main["resources"]!.AsArray().Single(r => r!["name"]!.ToString() == name)!["properties"]!["template"]!;

    private static PredictedDeployment With(string parameters)
    {
        BicepCompiler.Require();
        return Predicted.GetOrAdd(parameters, name => new(() => Predict(name))).Value;
    }

    private static PredictedDeployment Predict(string parameters)
    {
        Run(SnapshotOf(parameters));
        return new(Read($"{parameters}.snapshot.json"));
    }

    /// <summary>The command that evaluates the templates with a file of parameters.</summary>
    public static string[] SnapshotOf(string parameters) =>
    [
        "snapshot", $"{parameters}.bicepparam", "--mode", "overwrite", "--location", "koreacentral",
        "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002",
    ];

    private static string Run(params string[] arguments)
    {
        var (exitCode, said) = BicepCompiler.Run(Folder, arguments);
        return exitCode == 0 ? said : throw new InvalidDataException(said);
    }

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;

    private static string MakeCopy()
    {
        var folder = Directory.CreateTempSubdirectory("concert-infra-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        CopyAll(Repo.PathOf("infra"), folder);
        CopyAll(Repo.PathOf("tests/Concert.Repository.Tests/Infrastructure/Templates"), folder);
        File.Move(Path.Combine(folder, Path.GetFileName(NeedsRegistry)), Path.Combine(folder, NeedsRegistry), overwrite: true);
        return folder;
    }

    private static void CopyAll(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
