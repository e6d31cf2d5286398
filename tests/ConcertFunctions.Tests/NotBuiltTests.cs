namespace ConcertFunctions.Tests;

public sealed class NotBuiltTests
{
    [Fact(Skip = "The Azure app is not built here: dotnet test -p:AzureStandIns=true builds and tests it (build/stand-ins/README.md).")]
    public void App_WithoutItsPackages_IsNotTested()
    {
    }
}
