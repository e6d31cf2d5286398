using System.Reflection;

namespace Concert.Repository.Tests.Walls;

/// <summary>The same walls in what was compiled, where a transitive package could climb over a project file.</summary>
public sealed class AssemblyReferenceTests
{
    private static IReadOnlyList<string> ReferencesOf(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!)];

    private static IEnumerable<string> Ours(IEnumerable<string> names) => names.Where(n => n.StartsWith("Concert", StringComparison.Ordinal));

    [Theory]
    [InlineData("Concert.Booking")]
    [InlineData("Concert.Api", "Concert.Booking")]
    [InlineData("Concert.Azure", "Concert.Booking")]
    [InlineData("Concert.Embedded", "Concert.Booking")]
    [InlineData("ConcertFunctions.Local", "Concert.Api", "Concert.Booking", "Concert.Embedded")]
    public void Assembly_OfOurs_RefersInwardsOnly(string assembly, params string[] allowed) => Ours(ReferencesOf(assembly)).ShouldBeSubsetOf(allowed);

    [Theory]
    [InlineData("Concert.Booking")]
    [InlineData("Concert.Azure")]
    [InlineData("Concert.Embedded")]
    public void Assembly_BelowTheApi_DoesNotKnowAspNet(string assembly) =>
        ReferencesOf(assembly).ShouldNotContain(n => n.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Theory]
    [InlineData("Concert.Booking")]
    [InlineData("Concert.Api")]
    [InlineData("Concert.Embedded")]
    [InlineData("ConcertFunctions.Local")]
    public void Assembly_ThatNeedsNoAzure_DoesNotKnowIt(string assembly) => ReferencesOf(assembly).ShouldNotContain(
        n => n.StartsWith("Azure.", StringComparison.Ordinal) || n.StartsWith("Microsoft.Azure.", StringComparison.Ordinal) || n.StartsWith("StackExchange", StringComparison.Ordinal));

    [Fact]
    public void Booking_InputAndOutput_IsOnlyThroughItsPorts() => ReferencesOf("Concert.Booking").ShouldNotContain(
        n => n == "System.Net.Http" || n.StartsWith("System.Net.Sockets", StringComparison.Ordinal) || n == "System.IO.FileSystem" || n == "System.Console");

    [Fact]
    public void Booking_Ports_AreImplementedOutsideOfIt()
    {
        string[] ports =
        [
            "Concert.Booking.Ports.IDocumentStore", "Concert.Booking.Ports.ICommandSender", "Concert.Booking.Ports.ISeatGate",
            "Concert.Booking.Ports.IWaitingRoom", "Concert.Booking.Ports.ISeatMapCache",
        ];
        var booking = Assembly.Load("Concert.Booking");
        foreach (var name in ports)
        {
            var port = booking.GetType(name, throwOnError: true)!;
            booking.GetTypes().ShouldNotContain(t => t.IsClass && port.IsAssignableFrom(t), name);
        }
    }
}
