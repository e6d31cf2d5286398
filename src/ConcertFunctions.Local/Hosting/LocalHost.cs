using Concert.Api;
using Concert.Booking.Settings;
using Concert.Embedded;
using ConcertFunctions.Local.Settings;
using Microsoft.Extensions.Options;

namespace ConcertFunctions.Local.Hosting;

/// <summary>The whole service in one process.</summary>
public static class LocalHost
{
    public const int BadSetting = 2;
    public const int BadDataFolder = 3;
    public const int CannotListen = 4;

    /// <summary>Runs until it is told to stop. What keeps it from starting is one clear line and an exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        try
        {
            var arguments = LocalArguments.Parse(args);
            if (arguments.Help)
            {
                LocalArguments.WriteHelp(output);
                return 0;
            }

            if (arguments.Backup is { } file)
            {
                DatabaseBackup.Backup(arguments.DataFolder, file);
                await output.WriteLineAsync($"Backed up to {file}.");
                return 0;
            }

            await using var app = Build(arguments);
            await app.StartAsync();
            Announcement.Write(app, arguments, output);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception fault) when (SettingFaults.Lines(fault) is { } lines)
        {
            await errors.WriteLineAsync(string.Join(Environment.NewLine, lines));
            return BadSetting;
        }
        catch (Exception known) when (ExitCode(known) is { } code)
        {
            await errors.WriteLineAsync(known.Message.ReplaceLineEndings(" "));
            return code;
        }
    }

    /// <summary>The host with its data folder open, not started. Tests change it through <paramref name="configure"/>.</summary>
    public static WebApplication Build(LocalArguments arguments, Action<WebApplicationBuilder>? configure = null)
    {
        if (arguments.Fresh)
        {
            DataFolder.Empty(arguments.DataFolder);
        }

        if (arguments.Restore is { } backup)
        {
            DatabaseBackup.Restore(arguments.DataFolder, backup);
        }

        // Its own folder, not the caller's: the settings file lies beside the program.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(arguments.Settings);
        Addresses.Check(builder.Configuration, arguments.AllowRemote);
        var folder = arguments.InMemory ? null : arguments.DataFolder;
        var madeAdminKey = LocalKeys.Add(builder.Configuration, folder);
        builder.Services.AddSingleton(new MadeKeys(madeAdminKey));
        builder.AddKestrel();
        builder.AddLogging();
        builder.Services.AddConcertLocal(builder.Configuration, folder);
        configure?.Invoke(builder);

        var app = builder.Build();
        try
        {
            // Before anything starts: every setting is read, then the folder is opened.
            app.Services.GetService<IStartupValidator>()?.Validate();
            _ = app.Services.GetRequiredService<EmbeddedBackend>();
            var pipeline = app.Services.GetRequiredService<ApiPipeline>();
            // Most calls are the API's, and none of those is for a file.
            app.Map("/api", preserveMatchedPathSegment: true, calls => calls.Run(pipeline.InvokeAsync));
            app.UseWebPages();
            app.Run(pipeline.InvokeAsync);
            return app;
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }
    }

    private static int? ExitCode(Exception fault) => fault switch
    {
        BadSettingException => BadSetting,
        UnknownDataFolderException => BadSetting,
        DataFolderInUseException or DatabaseDamagedException => BadDataFolder,
        Microsoft.AspNetCore.Connections.AddressInUseException => CannotListen,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => CannotListen,
        IOException or UnauthorizedAccessException => BadDataFolder,
        _ => null,
    };
}
