using Concert.Rush.Options;
using Spectre.Console;

return await RushCommand.InvokeAsync(args, Terminal(), CancellationToken.None);

// A file or a pipe gets plain text wide enough for the tables, without escape sequences.
static IAnsiConsole Terminal()
{
    if (!Console.IsOutputRedirected)
    {
        return AnsiConsole.Console;
    }

    var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
    plain.Profile.Width = 160;
    return plain;
}
