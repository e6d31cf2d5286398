using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Cosmos;

public sealed class CosmosOptionsTests
{
    private const string Key = "AccountKey=c2VjcmV0;";

    [Theory]
    [InlineData("https://name.documents.azure.com:443/", null)]
    [InlineData(null, "AccountEndpoint=https://name.documents.azure.com:443/;" + Key)]
    [InlineData(null, "AccountEndpoint=https://cosmos:8081/;" + Key)]
    [InlineData(null, "AccountEndpoint=http://localhost:8081/;" + Key)]
    [InlineData(null, "AccountEndpoint=http://127.0.0.1:8081/;" + Key)]
    public void Validate_Usable_Succeeds(string? endpoint, string? connectionString) =>
        Errors(new CosmosOptions { AccountEndpoint = endpoint, ConnectionString = connectionString }).ShouldBeEmpty();

    [Theory]
    [InlineData(null, null, "exactly one")]
    [InlineData("https://a/", "AccountEndpoint=https://a/;" + Key, "exactly one")]
    [InlineData("not an address", null, "Cosmos:AccountEndpoint is not an address")]
    [InlineData("ftp://name/", null, "Cosmos:AccountEndpoint is not an address")]
    [InlineData("http://name.documents.azure.com/", null, "plain http")]
    [InlineData("http://localhost:8081/", null, "plain http")]
    [InlineData(null, "AccountEndpoint=http://cosmos:8081/;" + Key, "plain http")]
    [InlineData(null, Key, "no AccountEndpoint")]
    [InlineData(null, "AccountEndpoint=https://a/;", "no AccountKey")]
    public void Validate_Unusable_OneLineThatSaysSo(string? endpoint, string? connectionString, string expected) =>
        Errors(new CosmosOptions { AccountEndpoint = endpoint, ConnectionString = connectionString }).ShouldHaveSingleItem().ShouldContain(expected);

    [Fact]
    public void Validate_SeveralThingsWrong_ALineForEach()
    {
        var errors = Errors(new CosmosOptions
        {
            AccountEndpoint = "https://name.documents.azure.com/",
            AcceptAnyCertificate = true,
            Database = "a/b",
            ThrottleRetries = 10,
            ContentionRetries = -1,
            OperationTimeout = TimeSpan.Zero,
        });

        errors.Count.ShouldBe(5);
        foreach (var setting in (string[])["AcceptAnyCertificate", "Database", "ThrottleRetries", "ContentionRetries", "OperationTimeout"])
        {
            errors.ShouldContain(error => error.Contains("Cosmos:" + setting));
        }
    }

    [Fact]
    public void Validate_KeyInConnectionString_NotRepeatedInTheError() =>
        Errors(new CosmosOptions { ConnectionString = "AccountEndpoint=nowhere;AccountKey=topsecret;" }).ShouldAllBe(error => !error.Contains("topsecret"));

    private static List<string> Errors(CosmosOptions options) =>
        [.. new CosmosRanges().Validate(null, options).Failures ?? [], .. new CosmosOptionsValidator().Validate(null, options).Failures ?? []];
}
