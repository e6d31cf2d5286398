using Concert.Bench.Accepts;

namespace Concert.Bench.Maps;

/// <summary>Kestrel with nothing on it but a GET for each file of a folder, which answers the file's bytes; a file's ending is its content coding.</summary>
internal static class BareServer
{
    public static Task<Server> StartAsync(string folder) => Server.StartAsync(Environment.ProcessPath!, ["bare", folder], new Dictionary<string, string>());

    public static async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.UseRouting();
        foreach (var file in Directory.GetFiles(folder))
        {
            var (bytes, coding) = (await File.ReadAllBytesAsync(file, cancellationToken), Path.GetExtension(file).TrimStart('.'));
            app.MapGet($"/{Path.GetFileName(file)}", async http =>
            {
                http.Response.ContentType = "application/json; charset=utf-8";
                http.Response.ContentLength = bytes.Length;
                if (coding.Length > 0)
                {
                    http.Response.Headers.ContentEncoding = coding;
                }

                await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
            });
        }

        app.UseEndpoints(_ => { });
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"API          {app.Urls.First()}/api");
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
