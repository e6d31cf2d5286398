using ConcertFunctions.Local.Settings;

namespace ConcertFunctions.Local.Hosting;

/// <summary>Prints the addresses and keys a person needs once the service has started.</summary>
internal static class Announcement
{
    public static void Write(WebApplication app, LocalArguments arguments, TextWriter output)
    {
        var url = (app.Urls.FirstOrDefault() ?? LocalRegistration.DefaultUrl).TrimEnd('/');
        output.WriteLine($"Booking page {url}/");
        output.WriteLine($"Staff        {url}/ops");
        output.WriteLine($"API          {url}/api");
        output.WriteLine($"Docs         {url}/docs");
        output.WriteLine($"Data         {(arguments.InMemory ? "in memory, nothing is kept" : arguments.DataFolder)}");
        if (app.Services.GetRequiredService<MadeKeys>().AdminKey is { } key)
        {
            var kept = arguments.InMemory ? "for this run" : $"said this once, kept in {Path.Combine(arguments.DataFolder, KeyFiles.AdminKey)}";
            output.WriteLine($"Admin key    {key}   ({kept})");
        }

        output.WriteLine("Ctrl+C stops it.");
        output.Flush();
    }
}
