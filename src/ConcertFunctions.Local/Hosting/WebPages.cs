using System.Text.Json;
using Concert.Booking.Settings;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Hosting;

/// <summary>
/// The pages of src/web, at the root. Whatever is no file of theirs goes on to the API. In Azure a static site serves the same files with the same headers
/// (staticwebapp.config.json).
/// </summary>
internal static class WebPages
{
    private const string Folder = "web";
    private const string Settings = "/config.json";
    private const string DefaultPage = "index.html";

    // Files have no version in their names: they are kept, and asked about each time.
    private const string Kept = "no-cache";

    /// <summary>The API's place beside a static site. Here it is the page's own origin.</summary>
    private const string ApiInAzure = " https://*.azurewebsites.net";

    /// <summary>Read from the static site's configuration, so that there is one copy of them.</summary>
    private const string SiteConfiguration = "staticwebapp.config.json";

    public static void UseWebPages(this WebApplication app)
    {
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, Folder));
        var headers = Headers(files);
        var settings = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["api"] = "", ["identity"] = app.Services.GetRequiredService<IOptions<IdentityOptions>>().Value.Mode.ToString() });

        app.UseWhen(http => IsPage(http, files), pages =>
        {
            pages.UseResponseCompression();
            pages.Use((http, next) =>
            {
                foreach (var (name, value) in headers)
                {
                    http.Response.Headers[name] = value;
                }

                http.Response.Headers.CacheControl = Kept;
                return http.Request.Path == Settings ? Results.Bytes(settings, "application/json").ExecuteAsync(http) : next(http);
            });
            pages.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files, DefaultFileNames = [DefaultPage] });
            pages.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = Types() });
        });
    }

    private static bool IsPage(HttpContext http, PhysicalFileProvider files)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return false;
        }

        var path = http.Request.Path.Value ?? "";
        return path == Settings || IsFile(path)
            // A folder's page has a slash at its end; without one the browser is led there.
            || IsFile(path.TrimEnd('/') + "/" + DefaultPage);

        bool IsFile(string file) => file != "/" + SiteConfiguration && files.GetFileInfo(file) is { Exists: true, IsDirectory: false };
    }

    private static FileExtensionContentTypeProvider Types()
    {
        // Without a charset a script is read as Latin-1 by what does not know better.
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".js"] = "text/javascript; charset=utf-8";
        types.Mappings[".css"] = "text/css; charset=utf-8";
        types.Mappings[".html"] = "text/html; charset=utf-8";
        return types;
    }

    private static Dictionary<string, string> Headers(PhysicalFileProvider files)
    {
        using var file = files.GetFileInfo(SiteConfiguration).CreateReadStream();
        using var site = JsonDocument.Parse(file);
        return site.RootElement.GetProperty("globalHeaders").EnumerateObject()
            .Where(header => header.Name != "Cache-Control")
            .ToDictionary(header => header.Name, header => header.Value.GetString()!.Replace(ApiInAzure, "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
    }
}
