using Concert.Booking.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Azure.Tests.Redis;

/// <summary>Section Redis: each setting can be set, and a wrong one is one clear line.</summary>
public sealed class RedisSettingsTests
{
    private static readonly (string, string) Here = ("Redis:Configuration", "localhost:6379");

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build();
        return new ServiceCollection().AddConcertRedis(configuration).BuildServiceProvider();
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(params (string Key, string Value)[] settings)
    {
        await using var services = Services(settings);
        return SettingFaults.Find(services);
    }

    public static TheoryData<string> Times =>
        [.. typeof(RedisOptions).GetProperties().Where(p => p.CanWrite && p.PropertyType == typeof(TimeSpan)).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Times))]
    public async Task Time_Set_IsTaken(string name)
    {
        await using var services = Services(Here, ($"Redis:{name}", "00:00:07"));

        typeof(RedisOptions).GetProperty(name)!.GetValue(services.GetRequiredService<IOptions<RedisOptions>>().Value).ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Theory]
    [MemberData(nameof(Times))]
    public async Task Time_OutOfRange_IsOneLine(string name)
    {
        var line = (await FaultsAsync(Here, ($"Redis:{name}", "00:00:00"))).ShouldHaveSingleItem();
        line.ShouldStartWith($"Redis:{name} is 00:00:00; it must be ");
    }

    [Fact]
    public async Task Time_Unreadable_IsOneLine() =>
        (await FaultsAsync(Here, ("Redis:RoomTimeout", "soon"))).ShouldHaveSingleItem().ShouldBe("Redis:RoomTimeout cannot be read: a time such as 00:05:00 is needed.");

    [Fact]
    public async Task Address_NoneOrBoth_IsOneLine()
    {
        (await FaultsAsync()).ShouldHaveSingleItem().ShouldStartWith("Set exactly one of Redis:Endpoint");
        (await FaultsAsync(Here, ("Redis:Endpoint", "name.redis.azure.net:10000"))).ShouldHaveSingleItem().ShouldStartWith("Set exactly one of Redis:Endpoint");
    }

    [Theory]
    [InlineData("Redis:endpoint", "name.redis.azure.net:10000")]
    [InlineData("Redis:configuration", "localhost:6379")]
    public async Task Address_EitherInAnySpelling_IsRight(string key, string value) => (await FaultsAsync((key, value))).ShouldBeEmpty();

    [Theory]
    [InlineData("localhost:6379,password=secret,ssl=perhaps")]
    [InlineData("password=secret")]
    public async Task Address_Unreadable_IsOneLineWithoutTheKey(string text)
    {
        var line = (await FaultsAsync(("Redis:Configuration", text))).ShouldHaveSingleItem();
        line.ShouldStartWith("Redis:Configuration cannot be read");
        line.ShouldNotContain("secret");
    }
}
