using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Concert.Repository.Tests.Walls;

/// <summary>
/// The folders of the domain in the order in which they stand on one another: each may use those before it and none after it, so that there is no cycle.
/// A use case's folder is one of them: it stands on its subject's, whose names it sees without a using, and the subject knows nothing of it.
/// The composition root (<c>BookingRegistration</c>) stands outside and sees them all.
/// </summary>
public sealed class BookingFolderTests
{
    private const string Prefix = "Concert.Booking.";

    private static readonly string[] Order =
    [
        "Ports", "Telemetry", "States", "Calls", "Settings", "Paging", "Storage", "Ids", "Idempotency", "Commands", "Outbox", "Catalog", "WaitingRoom", "Wallets",
        "Reservations", "Reservations.Best", "Reservations.Block", "Reservations.Reserve", "Reservations.Expire", "Payments", "Payments.Pay", "Reservations.Cancel", "Reservations.CallOff", "Reservations.Resume",
        "Tickets", "Availability", "Webhooks", "Timers", "Commands.Handling", "Operations",
    ];

    [Fact]
    public void Folders_All_HaveTheirPlaceInTheOrder() =>
        Uses().Select(u => u.Folder).Distinct().ShouldBe(Order, ignoreOrder: true);

    [Fact]
    public void Folders_Usings_PointOnlyToFoldersBefore() =>
        Uses().Where(u => Array.IndexOf(Order, u.Used) >= Array.IndexOf(Order, u.Folder)).Select(u => $"{u.File} uses {u.Used}").ShouldBeEmpty();

    [Fact]
    public void Folders_OfUseCases_StandOnTheirSubject() =>
        Order.Where(f => f.Contains('.', StringComparison.Ordinal)).ShouldAllBe(f => Order.TakeWhile(o => o != f).Contains(f.Split('.')[0]));

    /// <summary>A name that is written out would be an arrow without a using.</summary>
    [Fact]
    public void Folders_Files_NameNoOtherFolderWithoutAUsing() =>
        Files().SelectMany(f => Repo.Parse(f).DescendantNodes().OfType<QualifiedNameSyntax>()
                .Where(q => q.Parent is not (UsingDirectiveSyntax or QualifiedNameSyntax or BaseNamespaceDeclarationSyntax))
                .Where(q => q.ToString().Split('.')[0] is var first && (first == "Concert" || Order.Contains(first)))
                .Select(q => $"{f}: {q}"))
            .ShouldBeEmpty();

    private static IEnumerable<string> Files() =>
        Repo.Sources("src/Concert.Booking").Where(f => f.Count(c => c == '/') > 2);

    private static IEnumerable<(string Folder, string Used, string File)> Uses() =>
        from file in Files()
        let folder = string.Join('.', file.Split('/')[2..^1])
        from used in Repo.Parse(file).DescendantNodes().OfType<UsingDirectiveSyntax>().Select(u => u.Name?.ToString() ?? "").Append(Prefix + folder)
        where used.StartsWith(Prefix, StringComparison.Ordinal)
        let name = used[Prefix.Length..]
        select (folder, name == folder ? "" : name, file);
}
