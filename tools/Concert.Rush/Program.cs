using Concert.Rush.Options;
using Spectre.Console;

return await RushCommand.InvokeAsync(args, AnsiConsole.Console, CancellationToken.None);
