using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Walls;

/// <summary>Rules of the sources that no analyzer keeps.</summary>
public sealed class SourceRuleTests
{
    /// <summary>Warnings that a source file may switch off, each with why it says so there.</summary>
    private static readonly Dictionary<string, string[]> Suppressions = new(StringComparer.Ordinal)
    {
        // Whatever a client library or a handler throws must not take the process along.
        ["CA1031"] =
        [
            "src/Concert.Azure/Redis/RedisCaller.cs", "src/Concert.Embedded/Messaging/QueuePump.cs", "src/Concert.Embedded/Messaging/DeadLetterReceiver.cs",
        ],

        // Redis names scripts by their SHA-1; nothing is secured by it.
        ["CA1001"] = ["src/Concert.Embedded/Catalog/SharedBuild.cs"],
    };

    /// <summary>Where a thread of one's own is the point: the pump of a process.</summary>
    private static readonly string[] MayStartTasks = ["src/Concert.Embedded/Messaging/QueuePump.cs"];

    private static readonly string[] MayBlock = [];

    /// <summary>Files that are long for a reason. A file that shrinks below the limit leaves the list.</summary>
    private static readonly string[] LongFiles = [];

    private const int MaxLines = 300;

    private static readonly string[] QuestionWords = ["What", "Who", "Whose", "Where"];

    private static IReadOnlyList<string> All => Repo.Sources("src");

    [Fact]
    public void BannedSymbols_EverySourceProject_EnforcesThem()
    {
        Repo.SourceProjects.ShouldAllBe(p => p.Property("UseBannedSymbols") == "true");
        Repo.SourceProjects.ShouldAllBe(p => p.Property("NoWarn") == null && p.Property("TreatWarningsAsErrors") == null && p.Property("BannedSymbolsFile") == null);
        Repo.Text("Directory.Build.targets").ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        var editorconfig = Repo.Text(".editorconfig");
        editorconfig.ShouldNotContain("RS0030");
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.Int32)")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.TimeSpan)")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    public void BannedSymbols_TimeAndChance_AreInjected(string symbol) =>
        Repo.Text("BannedSymbols.txt").Split('\n').ShouldContain(line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Fact]
    public void Warnings_SwitchedOff_AreOnTheList()
    {
        var found = new List<(string Rule, string File)>();
        foreach (var path in All)
        {
            var root = Repo.Parse(path);
            var pragmas = root.DescendantTrivia().Where(t => t.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia))
                .Select(t => (PragmaWarningDirectiveTriviaSyntax)t.GetStructure()!)
                .Where(p => p.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword))
                .SelectMany(p => p.ErrorCodes.Select(c => c.ToString()).DefaultIfEmpty("everything"));
            var attributes = root.DescendantNodes().OfType<AttributeSyntax>()
                .Where(a => a.Name.ToString().EndsWith("SuppressMessage", StringComparison.Ordinal))
                .Select(a => a.ArgumentList!.Arguments[1].ToString().Trim('"').Split(':')[0]);
            found.AddRange(pragmas.Concat(attributes).Select(rule => (rule, path)));
        }

        // What is not needed any more leaves the list.
        found.Distinct().ShouldBe([.. Suppressions.SelectMany(s => s.Value.Select(file => (s.Key, file)))], ignoreOrder: true);
    }

    [Fact]
    public void ConfigureAwait_Anywhere_KeepsTheContext() => Calls("ConfigureAwait")
        .Where(c => !c.Call.ArgumentList.ToString().Contains("ConfigureAwaitOptions.ContinueOnCapturedContext", StringComparison.Ordinal))
        .ShouldBeEmpty("the simulation runs everything on a synchronization context of its own");

    [Fact]
    public void TaskRun_OutsideAPump_IsNotUsed() => Calls("Run").Where(c => c.Call.Expression.ToString().EndsWith("Task.Run", StringComparison.Ordinal))
        .Select(c => c.File).ShouldBeSubsetOf(MayStartTasks);

    [Fact]
    public void Blocking_OnATask_IsNotUsed()
    {
        string[] blocking = ["Wait", "WaitAll", "WaitAny", "GetResult", "Sleep"];
        foreach (var name in blocking)
        {
            Calls(name).Where(c => c.Call.Expression.ToString() is var text
                && (text.EndsWith("GetAwaiter().GetResult", StringComparison.Ordinal) || text is "Task.WaitAll" or "Task.WaitAny" or "Thread.Sleep"))
                .Select(c => c.File).ShouldBeSubsetOf(MayBlock, name);
        }
    }

    [Fact]
    public void AsyncVoid_Anywhere_IsNotUsed()
    {
        foreach (var path in All)
        {
            Repo.Parse(path).DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(m => m.Modifiers.Any(SyntaxKind.AsyncKeyword) && m.ReturnType.ToString() == "void")
                .ShouldBeEmpty(path);
        }
    }

    [Fact]
    public void Namespaces_Files_FollowTheirFolders()
    {
        foreach (var path in All.Where(p => !p.EndsWith("Program.cs", StringComparison.Ordinal)))
        {
            var parts = path.Split('/')[1..^1];
            foreach (var name in Repo.Parse(path).DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>())
            {
                name.Name.ToString().ShouldBe(string.Join('.', parts), path);
            }
        }
    }

    [Fact]
    public void Files_Long_AreOnTheList()
    {
        var longer = All.Where(p => File.ReadLines(Repo.PathOf(p)).Count() > MaxLines).ToList();
        longer.ShouldBe(LongFiles, ignoreOrder: true);
    }

    [Fact]
    public void PublicInterfaces_OfBooking_SayWhatTheyPromise() => Undocumented<InterfaceDeclarationSyntax>().ShouldBeEmpty();

    [Fact]
    public void PublicPortMembers_OfBooking_SayWhatTheyPromise()
    {
        string[] ports = ["IDocumentStore", "ICommandSender", "ICommandProcessor", "ISeatGate", "IWaitingRoom", "ISeatMapCache", "IWebhookSender", "IQueueInspector"];
        foreach (var path in Repo.Sources("src/Concert.Booking"))
        {
            var members = Repo.Parse(path).DescendantNodes().OfType<InterfaceDeclarationSyntax>()
                .Where(i => ports.Contains(i.Identifier.Text)).SelectMany(i => i.Members);
            foreach (var member in members)
            {
                IsDocumented(member).ShouldBeTrue($"{path}: {member}");
            }
        }
    }

    [Fact]
    public void PublicClasses_OfBooking_SayWhatTheyAreFor()
    {
        // Constants, ids of JSON and registration speak for themselves; views and documents are described where a name is not enough.
        var undocumented = Undocumented<ClassDeclarationSyntax>()
            .Where(c => !c.Type.Modifiers.Any(SyntaxKind.StaticKeyword) && !c.Type.Modifiers.Any(SyntaxKind.AbstractKeyword))
            .Where(c => c.Type.BaseList is null || !c.Type.BaseList.ToString().Contains("Exception", StringComparison.Ordinal));
        undocumented.Select(c => $"{c.File}: {c.Type.Identifier.Text}").ShouldBeEmpty();
    }

    [Fact]
    public void Summaries_None_OpensWithAQuestionWord() =>
        All.SelectMany(path => Repo.Parse(path).ToFullString().Split('\n').Select(line => (path, Line: line.TrimStart())))
            .Where(l => QuestionWords.Any(word => l.Line.StartsWith($"/// <summary>{word} ", StringComparison.Ordinal)))
            .Select(l => $"{l.path}: {l.Line}").ShouldBeEmpty();

    private static IEnumerable<(string File, TypeDeclarationSyntax Type)> Undocumented<T>()
        where T : TypeDeclarationSyntax =>
        Repo.Sources("src/Concert.Booking").SelectMany(path => Repo.Parse(path).DescendantNodes().OfType<T>()
            .Where(t => t.Modifiers.Any(SyntaxKind.PublicKeyword) && !IsDocumented(t))
            .Select(t => (path, (TypeDeclarationSyntax)t)));

    private static bool IsDocumented(SyntaxNode node) =>
        node.GetLeadingTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia));

    private static IEnumerable<(string File, InvocationExpressionSyntax Call)> Calls(string method) => All.SelectMany(path =>
        Repo.Parse(path).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(i => i.Expression is MemberAccessExpressionSyntax access && access.Name.Identifier.Text == method)
            .Select(i => (path, i)));
}
