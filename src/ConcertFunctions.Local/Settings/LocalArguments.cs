using System.CommandLine;
using System.CommandLine.Help;

namespace ConcertFunctions.Local.Settings;

/// <summary>The command line: a few options of the host's own, and any setting as <c>--Section:Key=value</c>.</summary>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="InMemory">Keeps nothing.</param>
/// <param name="Fresh">Empties the data folder first.</param>
/// <param name="Help">Only says what there is.</param>
/// <param name="Settings">Settings as configuration arguments.</param>
public sealed record LocalArguments(string DataFolder, bool InMemory, bool Fresh, bool Help, IReadOnlyDictionary<string, string?> Settings)
{
    /// <summary>Copies the database into this file and does nothing else.</summary>
    public string? Backup { get; init; }

    /// <summary>Begins with the database of this copy.</summary>
    public string? Restore { get; init; }

    /// <summary>Other machines may reach the host.</summary>
    public bool AllowRemote { get; init; }

    private static readonly Option<string?> Data = new("--data") { Description = "Keeps everything in DIR (./data).", HelpName = "DIR" };
    private static readonly Option<bool> Memory = new("--memory") { Description = "Keeps nothing.", Arity = ArgumentArity.Zero };
    private static readonly Option<bool> Empty = new("--fresh") { Description = "Empties the data folder first.", Arity = ArgumentArity.Zero };
    private static readonly Option<string?> Urls = new("--urls") { Description = "Listens there (http://localhost:7071).", HelpName = "URL[;URL]" };
    private static readonly Option<string?> BackupTo = new("--backup") { Description = "Copies DIR's database, in use or not, into a new FILE, and ends.", HelpName = "FILE" };
    private static readonly Option<string?> RestoreFrom = new("--restore") { Description = "Starts from a copy made by --backup, in a DIR without a database.", HelpName = "FILE" };
    private static readonly Option<bool> Remote = new("--allow-remote") { Description = "Lets --urls name an address that other machines can reach.", Arity = ArgumentArity.Zero };
    private static readonly HelpOption HelpOption = new();

    // Not a root command: that one would have options of its own, and read the first setting as a file of arguments.
    private static readonly Command Host = new(
        "concert", "Concert booking in one process. Any setting can be given as --Section:Key=value, such as --WaitingRoom:MaxActive=500.")
    {
        Data, Memory, Empty, BackupTo, RestoreFrom, Urls, Remote, HelpOption,
    };

    /// <summary>Reads the arguments; throws <see cref="BadSettingException"/> for what cannot be understood.</summary>
    public static LocalArguments Parse(IReadOnlyList<string> args)
    {
        Host.TreatUnmatchedTokensAsErrors = false;
        var parsed = Host.Parse(args);
        if (parsed.Errors is [var error, ..])
        {
            throw new BadSettingException(error.Message.ReplaceLineEndings(" "));
        }

        var settings = Read(parsed.UnmatchedTokens);
        if (parsed.GetValue(Urls) is { } urls)
        {
            settings["urls"] = urls;
        }

        var (data, memory, fresh) = (parsed.GetValue(Data), parsed.GetValue(Memory), parsed.GetValue(Empty));
        var (backup, restore) = (parsed.GetValue(BackupTo), parsed.GetValue(RestoreFrom));
        if (memory && (fresh || data is not null || backup is not null || restore is not null))
        {
            throw new BadSettingException("--memory keeps nothing, and cannot be combined with --data, --fresh, --backup and --restore.");
        }

        return backup is not null && (fresh || restore is not null)
            ? throw new BadSettingException("--backup changes nothing, and cannot be combined with --fresh nor --restore.")
            : new LocalArguments(Path.GetFullPath(data ?? "data"), memory, fresh, parsed.GetResult(HelpOption) is not null, settings)
            {
                Backup = backup is null ? null : Path.GetFullPath(backup),
                Restore = restore is null ? null : Path.GetFullPath(restore),
                AllowRemote = parsed.GetValue(Remote),
            };
    }

    public static void WriteHelp(TextWriter output) => Host.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = output });

    /// <summary>
    /// Reads every argument that is not an option as a setting of a section or a timer's schedule, with its value after <c>=</c> or as the next argument.
    /// </summary>
    private static Dictionary<string, string?> Read(IReadOnlyList<string> rest)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < rest.Count; i++)
        {
            var (name, value) = rest[i].IndexOf('=') is > 0 and var at ? (rest[i][..at], rest[i][(at + 1)..]) : (rest[i], null);
            if (!name.StartsWith("--", StringComparison.Ordinal) || !(name.Contains(':') || TimersOptions.Names.Contains(name[2..], StringComparer.OrdinalIgnoreCase)))
            {
                throw new BadSettingException($"{rest[i]} is not an option; --help lists them.");
            }

            settings[name[2..]] = value
                ?? (i + 1 < rest.Count && !rest[i + 1].StartsWith("--", StringComparison.Ordinal) ? rest[++i] : throw new BadSettingException($"{name} needs a value."));
        }

        return settings;
    }
}

/// <summary>A setting or option that cannot be used; the message is one line for people.</summary>
public sealed class BadSettingException(string message) : Exception(message);
