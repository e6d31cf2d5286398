using Concert.Booking.Availability;
using Concert.Booking.Catalog;
using Concert.Booking.Commands;
using Concert.Booking.Commands.Handling;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Operations;
using Concert.Booking.Outbox;
using Concert.Booking.Payments;
using Concert.Booking.Payments.Pay;
using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Best;
using Concert.Booking.Reservations.Block;
using Concert.Booking.Reservations.CallOff;
using Concert.Booking.Reservations.Cancel;
using Concert.Booking.Reservations.Expire;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.Reservations.Resume;
using Concert.Booking.Settings;
using Concert.Booking.Storage;
using Concert.Booking.Telemetry;
using Concert.Booking.Tickets;
using Concert.Booking.Timers;
using Concert.Booking.WaitingRoom;
using Concert.Booking.Wallets;
using Concert.Booking.Webhooks;
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
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection(WebhookOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookValidation>();
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
        .AddSingleton<TicketSigner>()
        .AddSingleton<AdmissionMemory>()
        .AddSingleton<StoreLoop>()
        .AddSingleton<CatalogReader>()
        .AddSingleton<IHybridCacheSerializer<ConcertDocument>, DocumentCacheSerializer<ConcertDocument>>()
        .AddSingleton<IHybridCacheSerializer<ScheduleDocument>, DocumentCacheSerializer<ScheduleDocument>>()
        .AddSingleton<ConcertListing>()
        .AddSingleton<SaleCloser>()
        .AddSingleton<SaleCalendar>()
        .AddSingleton<ScheduleSections>()
        .AddSingleton<ITakenSeats>(s => s.GetRequiredService<ScheduleSections>())
        .AddSingleton<IdempotencyClaims>()
        .AddSingleton<SectionWriter>()
        .AddSingleton<UserPlaces>()
        .AddSingleton<WebhookRegistry>()
        .AddSingleton<WebhookRelay>()
        .AddSingleton<WebhookDelivery>()
        .AddSingleton<WebhookTimer>()
        .AddSingleton<IWebhookUseCases, WebhookUseCases>()
        .AddSingleton<TimerCommands>()
        .AddSingleton<CallOffSweep>()
        .AddSingleton<WalletWriter>()
        .AddSingleton<CommandDispatcher>()
        .AddSingleton<ReservationReader>()
        .AddSingleton<PaymentReader>()
        .AddSingleton<ReserveHandler>()
        .AddSingleton<PayHandler>()
        .AddSingleton<CancelHandler>()
        .AddSingleton<ExpireHandler>()
        .AddSingleton<ResumeHandler>()
        .AddSingleton<DeadLetterHandler>()
        .AddSingleton<DeadLetterDesk>()
        .AddSingleton<CommandCounters>()
        .AddSingleton<ICommandProcessor, CommandProcessor>();

    private static IServiceCollection AddUseCases(this IServiceCollection services)
    {
        services.AddSingleton<IQueueUseCases, QueueUseCases>();
        services.AddSingleton<ICatalogQueries, CatalogQueries>();
        services.AddSingleton<ICatalogAdmin, CatalogAdmin>();
        services.AddSingleton<IScheduleDirectory, ScheduleDirectory>();
        services.AddSingleton<IScheduleEditor, ScheduleEditor>();
        services.AddSingleton<ISeatMaps, SeatMapReader>();
        services.AddSingleton<IScheduleReports, ScheduleReporter>();
        services.AddSingleton<ISaleMonitor, SaleMonitor>();
        services.AddSingleton<IBooks, Books>();
        services.AddSingleton<IDeadLetterDesk>(s => s.GetRequiredService<DeadLetterDesk>());
        services.AddSingleton<IBuyerList, BuyerList>();
        services.AddSingleton<IReserveUseCase, ReserveUseCase>();
        services.AddSingleton<IBlockUseCase, BlockUseCase>();
        services.AddSingleton<ICallOffUseCase, CallOffUseCase>();
        services.AddSingleton<ICancelUseCase, CancelUseCase>();
        services.AddSingleton<IReservationReader>(s => s.GetRequiredService<ReservationReader>());
        services.AddSingleton<IPayUseCase, PayUseCase>();
        services.AddSingleton<IPaymentReader>(s => s.GetRequiredService<PaymentReader>());
        services.AddSingleton<ITicketReader, TicketReader>();
        services.AddSingleton<ICheckInUseCase, CheckInUseCase>();
        services.AddSingleton<IWalletUseCases, WalletUseCases>();
        services.AddSingleton<ITimerUseCases, TimerUseCases>();
        return services;
    }
}
