using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Concert.Booking.Shared;

public static class BookingRegistration
{
    /// <summary>Registers the domain: options with validation and the use cases. The ports are the head's to register.</summary>
    public static IServiceCollection AddConcertBooking(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRandomSource, SystemRandomSource>();
        services.AddOptions<WaitingRoomOptions>().Bind(configuration.GetSection(WaitingRoomOptions.Section)).ValidateOnStart();
        services.AddOptions<BookingOptions>().Bind(configuration.GetSection(BookingOptions.Section)).ValidateOnStart();
        services.AddOptions<WalletOptions>().Bind(configuration.GetSection(WalletOptions.Section)).ValidateOnStart();
        services.AddOptions<CancellationOptions>().Bind(configuration.GetSection(CancellationOptions.Section)).ValidateOnStart();
        services.AddOptions<AdminOptions>().Bind(configuration.GetSection(AdminOptions.Section)).ValidateOnStart();
        services.AddOptions<IdentityOptions>().Bind(configuration.GetSection(IdentityOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WaitingRoomOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<BookingOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<WalletOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<CancellationOptions>, OptionsValidation>();
        services.AddSingleton<IValidateOptions<AdminOptions>, OptionsValidation>();
        return services;
    }
}
