using Concert.Lab.Http;
using Concert.Lab.Report;
using Concert.Lab.Servers;
using Concert.Lab.Ways;
using Spectre.Console;

namespace Concert.Lab.Running;

/// <summary>The one command: start the servers, run, stop them, print, save.</summary>
internal static class LabCommand
{
    public static async Task<int> RunAsync(LabSettings settings, bool saves, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var page = saves ? FindPage() : null;
        var date = TimeProvider.System.GetLocalNow();
        IReadOnlyList<WorkResults> works;
        IReadOnlyList<HttpRow> http;
        string about;
        try
        {
            await using var farm = await ServerFarm.CreateAsync();
            about = $"{date:yyyy-MM-dd}; {Machine.Describe(farm.NewFolder("disk"))}. {Settings(settings)}";
            console.WriteLine(about);
            var kinds = settings.Ways.SelectMany(way => settings.Works.Count > 0 ? WayCatalog.Find(way).Needs : []).Concat(settings.HttpSeconds > 0 ? [ServerKind.Postgres] : []);
            foreach (var kind in kinds.Distinct().Order())
            {
                cancellationToken.ThrowIfCancellationRequested();
                console.WriteLine($"starting   {kind}");
                await farm.StartAsync(kind);
                if (farm.Missing.TryGetValue(kind, out var reason))
                {
                    console.WriteLine($"           {kind}: {reason}");
                }
            }

            http = settings.HttpSeconds > 0 ? await HttpComparison.RunAsync(settings, farm, console, cancellationToken) : [];
            works = settings.Works.Count > 0 ? await Laboratory.RunAsync(settings, farm, console, cancellationToken) : [];
        }
        catch (OperationCanceledException)
        {
            console.WriteLine("stopped; the servers are stopped and their folders removed");
            return 130;
        }

        console.WriteLine();
        console.WriteLine(LabReport.Write(works, http, about, _ => null));
        if (page is not null)
        {
            Save(page, works, http, about);
            console.WriteLine($"saved      {page}");
        }
        else
        {
            console.WriteLine("not saved: that takes a whole run, or --save");
        }

        return 0;
    }

    private static string Settings(LabSettings settings) =>
        $"{settings.Runs} {(settings.Runs == 1 ? "round" : "rounds")}, way by way; a round begins nothing new after {settings.Limit.TotalSeconds:N0} s"
        + (settings.Scale < 1 ? $"; {settings.Scale:P0} of the size." : ".");

    private static void Save(string page, IReadOnlyList<WorkResults> works, IReadOnlyList<HttpRow> http, string about)
    {
        var charts = works.ToDictionary(work => work.Work.Id, Charts.Of);
        if (http.Count > 0)
        {
            charts["http"] = Charts.Of(http);
        }

        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(page)!, "lab")).FullName;
        foreach (var (name, svg) in charts)
        {
            File.WriteAllText(Path.Combine(folder, $"{name}.svg"), svg);
        }

        var text = LabReport.Write(works, http, about, name => $"lab/{name}.svg");
        File.WriteAllText(page, BenchmarksPage.With(File.ReadAllText(page), text));
    }

    /// <summary>The page of the repository that this program was built in.</summary>
    private static string FindPage()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "docs", "benchmarks.md");
            if (File.Exists(page))
            {
                return page;
            }
        }

        throw new FileNotFoundException("There is no docs/benchmarks.md above this program to save to.");
    }
}
