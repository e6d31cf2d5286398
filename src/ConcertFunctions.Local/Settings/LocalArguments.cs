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

    public const string Usage = """
        Concert booking in one process.

          --data DIR            keeps everything in DIR (./data)
          --memory              keeps nothing
          --fresh               empties the data folder first
          --backup FILE         copies DIR's database, in use or not, into a new FILE, and ends
          --restore FILE        begins with such a copy, in a DIR without a database
          --urls URL[;URL]      listens there (http://localhost:7071)
          --Section:Key=value   any setting, such as --WaitingRoom:MaxActive=500
        """;

    public static LocalArguments Parse(IReadOnlyList<string> args)
    {
        var (data, memory, fresh, help) = ((string?)null, false, false, false);
        var (backup, restore) = ((string?)null, (string?)null);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            switch (name.ToLowerInvariant())
            {
                case "--memory" when value is null:
                    memory = true;
                    break;
                case "--fresh" when value is null:
                    fresh = true;
                    break;
                case "--help" or "-h" or "-?" when value is null:
                    help = true;
                    break;
                case "--data":
                    data = value ?? Next(args, ref i);
                    break;
                case "--backup":
                    backup = Path.GetFullPath(value ?? Next(args, ref i));
                    break;
                case "--restore":
                    restore = Path.GetFullPath(value ?? Next(args, ref i));
                    break;
                case "--urls":
                    settings["urls"] = value ?? Next(args, ref i);
                    break;
                case var setting when setting.StartsWith("--", StringComparison.Ordinal) && setting.Contains(':'):
                    settings[name[2..]] = value ?? Next(args, ref i);
                    break;
                default:
                    throw new BadSettingException($"{args[i]} is no option; --help lists them.");
            }
        }

        if (memory && (fresh || data is not null || backup is not null || restore is not null))
        {
            throw new BadSettingException("--memory keeps nothing, so it goes with none of --data, --fresh, --backup and --restore.");
        }

        return backup is not null && (fresh || restore is not null)
            ? throw new BadSettingException("--backup changes nothing, so it goes with neither --fresh nor --restore.")
            : new LocalArguments(Path.GetFullPath(data ?? "data"), memory, fresh, help, settings) { Backup = backup, Restore = restore };
    }

    private static (string Name, string? Value) Split(string argument) =>
        argument.IndexOf('=') is > 0 and var at ? (argument[..at], argument[(at + 1)..]) : (argument, null);

    private static string Next(IReadOnlyList<string> args, ref int i) =>
        i + 1 < args.Count && args[i + 1] is { Length: > 0 } value && !value.StartsWith("--", StringComparison.Ordinal)
            ? args[++i]
            : throw new BadSettingException($"{args[i]} needs a value.");
}

/// <summary>A setting or option that cannot be used; the message is one line for people.</summary>
public sealed class BadSettingException(string message) : Exception(message);
