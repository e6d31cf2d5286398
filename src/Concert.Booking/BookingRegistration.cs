using Concert.Booking.Availability;
using Concert.Booking.Cancellations;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Handling;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Payments;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Timers;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Concert.Booking;

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
        services.AddSingleton<IValidateOptions<WaitingRoomOptions>, WaitingRoomValidation>();
        services.AddSingleton<IValidateOptions<BookingOptions>, BookingValidation>();
        services.AddSingleton<IValidateOptions<WalletOptions>, WalletValidation>();
        services.AddSingleton<IValidateOptions<CancellationOptions>, CancellationValidation>();
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminValidation>();
        services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityValidation>();
        return services.AddHandlers().AddUseCases();
    }

    private static IServiceCollection AddHandlers(this IServiceCollection services) => services
        .AddSingleton<KeyRing>()
        .AddSingleton<IdGenerator>()
        .AddSingleton<Lots>()
        .AddSingleton<Lines>()
        .AddSingleton<TokenSigner>()
        .AddSingleton<AdmissionMemory>()
        .AddSingleton<StoreLoop>()
        .AddSingleton<CatalogReader>()
        .AddSingleton<IHybridCacheSerializer<ConcertDocument>, DocumentCacheSerializer<ConcertDocument>>()
        .AddSingleton<IHybridCacheSerializer<ScheduleDocument>, DocumentCacheSerializer<ScheduleDocument>>()
        .AddSingleton<ConcertListing>()
        .AddSingleton<SaleCalendar>()
        .AddSingleton<CatalogAdmin>()
        .AddSingleton<ScheduleEditor>()
        .AddSingleton<ScheduleSections>()
        .AddSingleton<SeatMapReader>()
        .AddSingleton<ScheduleReporter>()
        .AddSingleton<IdempotencyClaims>()
        .AddSingleton<SectionLoader>()
        .AddSingleton<SectionWriter>()
        .AddSingleton<UserPlaces>()
        .AddSingleton<WalletWriter>()
        .AddSingleton<CommandDispatcher>()
        .AddSingleton<ReservationReader>()
        .AddSingleton<ReservationAcceptance>()
        .AddSingleton<PaymentReader>()
        .AddSingleton<PaymentAcceptance>()
        .AddSingleton<ReserveHandler>()
        .AddSingleton<PaySaga>()
        .AddSingleton<CancelSaga>()
        .AddSingleton<TimerHandlers>()
        .AddSingleton<DeadLetterHandler>()
        .AddSingleton<ICommandProcessor, CommandProcessor>();

    private static IServiceCollection AddUseCases(this IServiceCollection services)
    {
        services.AddSingleton<IQueueUseCases, QueueUseCases>();
        services.AddSingleton<ICatalogUseCases, CatalogUseCases>();
        services.AddSingleton<IReservationUseCases, ReservationUseCases>();
        services.AddSingleton<ICancellationUseCases, CancellationUseCases>();
        services.AddSingleton<IPaymentUseCases, PaymentUseCases>();
        services.AddSingleton<IWalletUseCases, WalletUseCases>();
        services.AddSingleton<ITimerUseCases, TimerUseCases>();
        return services;
    }
}
