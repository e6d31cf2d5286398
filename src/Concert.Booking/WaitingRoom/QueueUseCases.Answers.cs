using Concert.Booking.Ports;

namespace Concert.Booking.WaitingRoom;

/// <content>What a buyer is told: where the token stands, how long it may take, when to ask again.</content>
public sealed partial class QueueUseCases
{
    private QueueAnswer Answer(string token, MemberState state, LineSale sale)
    {
        var (wait, askAgain) = state.Status switch
        {
            MemberStatus.Early => (UntilOpening(sale.OpensAt), AskAgainAfter(sale.OpensAt)),
            // A line that rests before an opening begins to move there.
            MemberStatus.Waiting => (EstimatedWait(state) + (UntilOpening(sale.OpensAt) ?? TimeSpan.Zero), AskAgainAfter(state)),
            _ => ((TimeSpan?)null, (TimeSpan?)null),
        };
        var view = new QueueTokenView(
            token,
            state.Status.ToString().ToUpperInvariant(),
            state.Position,
            wait is { } estimated ? (long)Math.Ceiling(estimated.TotalSeconds) : null,
            state.ExpiresAt,
            state.Status == MemberStatus.Early ? sale.OpensAt : null);
        return new QueueAnswer(view, askAgain) { HasEnded = state.Status == MemberStatus.Ended };
    }

    private TimeSpan? UntilOpening(DateTimeOffset? opensAt) =>
        opensAt is { } opening ? (opening - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero) : null;

    /// <summary>
    /// Nobody has to poll before the opening. But a new schedule may bring it forward, and from the opening on who is silent loses the place: so never
    /// longer than half of that.
    /// </summary>
    private TimeSpan AskAgainAfter(DateTimeOffset? opensAt)
    {
        var max = options.Value.SilenceLimit / 2;
        var after = UntilOpening(opensAt) / 10 is { } tenth && tenth < max ? tenth : max;
        return after < MinAskAgain ? MinAskAgain : after;
    }

    /// <summary>As if the line moved at the rate of admission; active buyers who stay longer make it longer.</summary>
    private TimeSpan EstimatedWait(MemberState state)
    {
        var rounds = ((state.Position ?? 1) + options.Value.AdmitPerInterval - 1) / options.Value.AdmitPerInterval;
        return options.Value.AdmitInterval * rounds;
    }

    /// <summary>Longer the further back, but well within the time after which a silent member loses the place.</summary>
    private TimeSpan AskAgainAfter(MemberState state)
    {
        var max = options.Value.SilenceLimit / 3 < MaxAskAgain ? options.Value.SilenceLimit / 3 : MaxAskAgain;
        var after = EstimatedWait(state) / 10 < max ? EstimatedWait(state) / 10 : max;
        return after < MinAskAgain ? MinAskAgain : after;
    }
}
