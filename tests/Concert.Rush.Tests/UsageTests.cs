using Concert.Rush.Options;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Concert.Rush.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("--buyers 5", "--url")]
    [InlineData("--url nowhere", "--url")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --scenario opera", "opera")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --buyers 0", "--buyers")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --pay-share 1.5", "--pay-share")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --scenario carts --places 3", "--places")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --scenario wallet --uses 17 --rooms 2", "--rooms")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --scenario early --opens-in 00:00:02", "--opens-in")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --scenario early --buyers 1", "--buyers")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --listen here", "--listen")]
    [InlineData("--url http://127.0.0.1:1 --admin-key k --unheard-of", "--unheard-of")]
    [InlineData("--url https://concert.example.org --data nowhere", "CONCERT_ADMIN_KEY")]
    public async Task Invoke_WrongUsage_ExitsTwoAndSaysWhat(string arguments, string mentions)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });

        var exit = await RushCommand.InvokeAsync(arguments.Split(' '), console, CancellationToken.None);

        exit.ShouldBe(2);
        writer.ToString().ShouldContain(mentions);
    }
}
