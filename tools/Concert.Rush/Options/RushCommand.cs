using System.CommandLine;
using System.CommandLine.Parsing;
using Spectre.Console;

namespace Concert.Rush.Options;

/// <summary>The command line. Exit code 0: every invariant held. 1: one is broken, or something accepted has no outcome. 2: usage, or not reachable.</summary>
public static class RushCommand
{
    public const int Good = 0;
    public const int Broken = 1;
    public const int Unusable = 2;

    /// <summary>Buyers of a fair start join one after the other.</summary>
    private static readonly TimeSpan JoinTime = TimeSpan.FromMilliseconds(50);

    private static readonly Option<Uri> Url = new("--url") { Description = "Base address of the service, without /api.", Required = true, CustomParser = ParseUrl };
    private static readonly Option<string> Scenario = Choice("--scenario", "places", "What everybody wants.", "places", "one-seat", "carts", "best", "call-off", "early", "wallet");
    private static readonly Option<int> Buyers = Number("--buyers", 1000, "Buyers at once.");
    private static readonly Option<int?> Places = new("--places") { Description = "Seats on sale (500; 40 for carts; 1000 for best; one-seat sells 1)." };
    private static readonly Option<int> SectionSize = Number("--section-size", 100, "Most seats in one section.");
    private static readonly Option<int> Sections = Number("--sections", 1, "Best: sections that the seats are in. With more than one, buyers ask for the best places of the house.");
    private static readonly Option<double> PayShare = Default("--pay-share", 0.3, "Share of the holds that are paid.");
    private static readonly Option<double> CancelShare = Default("--cancel-share", 0.1, "Share of the holds and sales that are cancelled.");
    private static readonly Option<string> Rolling = Choice("--rolling", "auto", "Pay within each buyer's own turn; auto: when tokens have to wait.", "auto", "on", "off");
    private static readonly Option<int> Uses = Number("--uses", 3000, "Wallet: payments.");
    private static readonly Option<int> Charges = Number("--charges", 3000, "Wallet: charges beside the payments.");
    private static readonly Option<int?> Rooms = new("--rooms") { Description = "Wallet: concerts the payments are spread over (one per 8 payments)." };
    private static readonly Option<TimeSpan?> OpensIn = new("--opens-in") { Description = "Early: from the schedule's creation until booking opens (10 s and 50 ms for each buyer)." };
    private static readonly Option<int> MaxActive = Number("--max-active", 100, "Early: the service's WaitingRoom:MaxActive, which is to hold.");
    private static readonly Option<int?> Seed = new("--seed") { Description = "Repeats who pays, who cancels and the amounts." };
    private static readonly Option<int> Connections = Number("--connections", 1000, "Most connections open at once.");
    private static readonly Option<TimeSpan> Timeout = Default("--timeout", TimeSpan.FromMinutes(10), "End of the rush.");
    private static readonly Option<TimeSpan> OutcomeTimeout = Default("--outcome-timeout", TimeSpan.FromMinutes(2), "Longest wait for one outcome.");
    private static readonly Option<TimeSpan> Settle = Default("--settle", TimeSpan.FromSeconds(20), "How long the audit looks again before a red verdict is final.");
    private static readonly Option<Uri?> Listen = new("--listen")
    {
        Description = "Address where the drill listens for webhooks, as the service can reach it (http://127.0.0.1:0 takes any port); the service needs Webhooks:AllowPrivate=true for it.",
        CustomParser = ParseUrl,
    };
    private static readonly Option<string?> Json = new("--json") { Description = "Also write the result to this file." };
    private static readonly Option<string?> Key = new("--admin-key") { Description = $"The admin key; otherwise {AdminKey.Variable}, otherwise DATA/admin-key of a server on this machine." };
    private static readonly Option<string> Data = Default("--data", "./data", "Data folder of the one-process server.");

    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> args, IAnsiConsole console, CancellationToken cancellationToken, DelegatingHandler? through = null)
    {
        var command = new RootCommand("On-sale drill: drives a booking service as a crowd of buyers and judges the result.")
        {
            Url, Scenario, Buyers, Places, SectionSize, Sections, PayShare, CancelShare, Rolling, Uses, Charges, Rooms, OpensIn, MaxActive, Seed, Connections, Timeout, OutcomeTimeout, Settle,
            Listen, Json, Key, Data,
        };
        var exitCode = Good;
        command.SetAction(async (parsed, token) => exitCode = await RunAsync(parsed, console, through, token));
        var result = command.Parse(args);
        if (result.Errors.Count > 0)
        {
            return Refuse(console, result.Errors[0].Message);
        }

        await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);
        return exitCode;
    }

    private static async Task<int> RunAsync(ParseResult parsed, IAnsiConsole console, DelegatingHandler? through, CancellationToken cancellationToken)
    {
        var url = parsed.GetRequiredValue(Url);
        var key = AdminKey.Resolve(parsed.GetValue(Key), url, parsed.GetRequiredValue(Data), Environment.GetEnvironmentVariable);
        if (key is null)
        {
            return Refuse(console, $"No admin key: give --admin-key, set {AdminKey.Variable}, or point --data at the local server's data folder.");
        }

        var options = Bind(parsed, url, key);
        return options.Problem() is { } problem ? Refuse(console, problem) : await RushProgram.RunAsync(options, console, TimeProvider.System, cancellationToken, through);
    }

    private static Uri? ParseUrl(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https"))
        {
            return url;
        }

        argument.AddError($"{argument.Argument.Name} must be an http or https address.");
        return null;
    }

    private static RushOptions Bind(ParseResult parsed, Uri url, string key)
    {
        var scenario = parsed.GetRequiredValue(Scenario) switch
        {
            "one-seat" => Options.Scenario.OneSeat,
            "carts" => Options.Scenario.Carts,
            "best" => Options.Scenario.Best,
            "call-off" => Options.Scenario.CallOff,
            "early" => Options.Scenario.Early,
            "wallet" => Options.Scenario.Wallet,
            _ => Options.Scenario.Places,
        };
        return new RushOptions
        {
            Url = url,
            AdminKey = key,
            Scenario = scenario,
            Buyers = parsed.GetValue(Buyers),
            Places = scenario == Options.Scenario.OneSeat ? 1 : parsed.GetValue(Places) ?? scenario switch
            {
                Options.Scenario.Carts => 40,
                Options.Scenario.Best => 1000,
                _ => 500,
            },
            SectionSize = parsed.GetValue(SectionSize),
            Sections = parsed.GetValue(Sections),
            PayShare = parsed.GetValue(PayShare),
            CancelShare = parsed.GetValue(CancelShare),
            // What is called off in the middle has buyers at every step, and a line that is to be seen admits no more than its limits.
            Rolling = scenario is Options.Scenario.CallOff or Options.Scenario.Early ? Options.Rolling.On : Enum.Parse<Rolling>(parsed.GetRequiredValue(Rolling), ignoreCase: true),
            Uses = parsed.GetValue(Uses),
            Charges = parsed.GetValue(Charges),
            Rooms = parsed.GetValue(Rooms),
            Seed = parsed.GetValue(Seed) ?? Random.Shared.Next(),
            Connections = parsed.GetValue(Connections),
            Timeout = parsed.GetValue(Timeout),
            OutcomeTimeout = parsed.GetValue(OutcomeTimeout),
            Settle = parsed.GetValue(Settle),
            OpensIn = parsed.GetValue(OpensIn) ?? TimeSpan.FromSeconds(10) + (JoinTime * parsed.GetValue(Buyers)),
            MaxActive = parsed.GetValue(MaxActive),
            Listen = parsed.GetValue(Listen),
            JsonPath = parsed.GetValue(Json),
        };
    }

    private static int Refuse(IAnsiConsole console, string problem)
    {
        console.MarkupLineInterpolated($"[red]{problem}[/] Try --help.");
        return Unusable;
    }

    private static Option<T> Default<T>(string name, T value, string description) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Number(string name, int value, string description) => Default(name, value, description);

    private static Option<string> Choice(string name, string value, string description, params string[] values)
    {
        var option = Default(name, value, description);
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
