using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Coyote;
using Microsoft.Coyote.Rewriting;

namespace Concert.Concurrency.Tests.Exploration;

/// <summary>
/// <c>coyote rewrite</c> without the command: its engine is public in the package Microsoft.Coyote.Test, but the call that starts it is not.
/// The version is pinned; a version with another shape fails here at once.
/// </summary>
internal static class CoyoteRewriter
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MethodInfo Run = typeof(RewritingEngine).GetMethods(All).Single(m => m.IsStatic && m.Name == "Run");

    public static void Rewrite(string assembly, string outputDirectory)
    {
        Directory.CreateDirectory(outputDirectory);
        Type[] types = [.. Run.GetParameters().Select(p => p.ParameterType)];
        var options = types[0].GetMethod("Create", All)!.Invoke(null, null)!;
        Set("AssembliesDirectory", Path.GetDirectoryName(assembly)!);
        Set("OutputDirectory", outputDirectory);
        Set("AssemblyPaths", new HashSet<string>(StringComparer.Ordinal) { assembly });
        Set("DependencySearchPaths", new List<string> { AppContext.BaseDirectory, RuntimeEnvironment.GetRuntimeDirectory() });
        Set("IsRewritingMemoryLocations", true);
        Set("IsRewritingConcurrentCollections", true);
        Set("IsDataRaceCheckingEnabled", true);

        var configuration = Configuration.Create().WithTelemetryEnabled(false);
        var log = Activator.CreateInstance(types[2], All, null, [configuration, false], null);
        Run.Invoke(null, [options, configuration, log, Activator.CreateInstance(types[3], nonPublic: true)]);

        void Set(string name, object value) => types[0].GetProperty(name, All)!.SetValue(options, value);
    }
}
