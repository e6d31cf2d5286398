using Microsoft.Extensions.Options;

namespace Concert.Booking.Settings;

[OptionsValidator]
internal sealed partial class WaitingRoomValidation : IValidateOptions<WaitingRoomOptions>;

[OptionsValidator]
internal sealed partial class BookingValidation : IValidateOptions<BookingOptions>;

[OptionsValidator]
internal sealed partial class WalletValidation : IValidateOptions<WalletOptions>;

[OptionsValidator]
internal sealed partial class CancellationValidation : IValidateOptions<CancellationOptions>;

[OptionsValidator]
internal sealed partial class IdentityValidation : IValidateOptions<IdentityOptions>;

[OptionsValidator]
internal sealed partial class AdminValidation : IValidateOptions<AdminOptions>;

[OptionsValidator]
internal sealed partial class WebhookValidation : IValidateOptions<WebhookOptions>;
