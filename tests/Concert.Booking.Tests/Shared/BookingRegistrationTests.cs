using Concert.Booking.Ports;
using Concert.Booking.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Concert.Booking.Tests.Shared;

public sealed class BookingRegistrationTests
{
    private static ServiceProvider Services(params (string Setting, string Value)[] settings) => new ServiceCollection()
        .AddConcertBooking(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Setting, s.Value))).Build())
        .BuildServiceProvider();

    [Fact]
    public void Add_NothingElseRegistered_TakesTheSystemsTimeAndChance()
    {
        using var services = Services();
        services.GetRequiredService<TimeProvider>().ShouldBe(TimeProvider.System);
        services.GetRequiredService<IRandomSource>().ShouldBeOfType<SystemRandomSource>();
    }

    [Fact]
    public void Add_IdentityMode_IsReadFromConfiguration()
    {
        using var services = Services(("Identity:Mode", "Platform"));
        services.GetRequiredService<IOptions<IdentityOptions>>().Value.Mode.ShouldBe(IdentityMode.Platform);
    }
}
