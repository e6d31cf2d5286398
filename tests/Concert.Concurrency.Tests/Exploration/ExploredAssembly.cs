using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Concert.Concurrency.Tests.Exploration;

/// <summary>
/// Production sources and scenarios compiled into an assembly of their own and rewritten by Coyote, so that its scheduler decides at every task, lock,
/// atomic operation and access to shared memory which thread goes on. A planted defect is a change of the text before it is compiled.
/// </summary>
internal static class ExploredAssembly
{
    /// <summary>
    /// What Coyote 1.7.11 does not know is put in words that it knows. <c>System.Threading.Lock</c> came with .NET 9; as an object it is locked by a monitor.
    /// </summary>
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Concert.Concurrency.Tests.Scenarios;
        global using Lock = System.Object;
        [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
        """;

    private static readonly (string File, string Production, string Explored)[] Seams =
    [
        ("WalletWriter.cs", ".WaitAsync(", ".WaitControlledAsync("),
        ("MemorySeatMapCache.cs", ".WaitAsync(", ".WaitControlledAsync("),
        ("RedisSeatMapCache.cs", ".WaitAsync(", ".WaitControlledAsync("),
        ("RedisSeatMapCache.cs", "Lazy<", "ControlledLazy<"),
        // Small enough to be reached.
        ("AdmissionMemory.cs", "MaxKept = 100_000", "MaxKept = 2"),
        ("EmbeddedSeatGate.cs", "MinAddedBeforeSweep = 1024", "MinAddedBeforeSweep = 2"),
    ];

    private static readonly Assembly Own = typeof(ExploredAssembly).Assembly;
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(FindReferences);

    /// <summary>Builds, rewrites and loads it, with <paramref name="defect"/> in it when there is one.</summary>
    public static Assembly Load(PlantedRace? defect)
    {
        var name = $"Explored.{defect?.Name ?? "Production"}";
        var folder = Directory.CreateTempSubdirectory("concert-explored-");
        try
        {
            var compiled = Path.Combine(folder.CreateSubdirectory("in").FullName, name + ".dll");
            Compile(name, compiled, defect);
            var rewritten = Path.Combine(folder.FullName, "out");
            CoyoteRewriter.Rewrite(compiled, rewritten);
            using var image = new MemoryStream(File.ReadAllBytes(Path.Combine(rewritten, name + ".dll")));
            using var symbols = new MemoryStream(File.ReadAllBytes(Path.Combine(rewritten, name + ".pdb")));
            return new AssemblyLoadContext(name).LoadFromStream(image, symbols);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compile(string name, string path, PlantedRace? defect)
    {
        var trees = Own.GetManifestResourceNames().Where(r => r.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(r => Parse(Source(r, defect), r))
            .Append(Parse(Preamble, "Preamble.cs"));
        var compilation = CSharpCompilation.Create(
            name,
            trees,
            References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var resources = Own.GetManifestResourceNames().Where(r => r.EndsWith(".lua", StringComparison.Ordinal))
            .Select(r => new ResourceDescription(r, () => Own.GetManifestResourceStream(r)!, isPublic: true));
        using var image = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        var result = compilation.Emit(
            image, symbols, manifestResources: resources, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!result.Success)
        {
            var errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error);
            throw new InvalidOperationException($"{name} does not compile:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
        }
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, Parsing, path, System.Text.Encoding.UTF8);

    private static string Source(string file, PlantedRace? defect)
    {
        using var stream = Own.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        if (defect is not null && defect.File == file)
        {
            text = Replace(text, defect.Production, defect.Defective, $"{defect.Name} in {file}");
        }

        return Seams.Where(s => s.File == file).Aggregate(text, (t, s) => Replace(t, s.Production, s.Explored, file));
    }

    /// <summary>A text that is no longer there would leave the defect unplanted, or the seam open, without a word.</summary>
    private static string Replace(string text, string from, string to, string where) => text.Contains(from, StringComparison.Ordinal)
        ? text.Replace(from, to, StringComparison.Ordinal)
        : throw new InvalidOperationException($"{where}: the source has no longer \"{from}\".");

    /// <summary>All that this process may load, but for this assembly itself, which has the same types.</summary>
    private static List<MetadataReference> FindReferences() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileNameWithoutExtension(p) != Own.GetName().Name)
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];
}
