using Xunit;

// Left out of the inner loop: dotnet test --filter Speed!=Slow
[assembly: Trait("Speed", "Slow")]
