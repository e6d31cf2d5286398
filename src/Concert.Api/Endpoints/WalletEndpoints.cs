using Concert.Booking.Paging;
using Concert.Booking.Wallets;

namespace Concert.Api.Endpoints;

/// <summary>Tops wallets up and shows them.</summary>
internal sealed class WalletEndpoints(IWalletUseCases wallets) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").WithTags("Wallet");
        api.MapPost(Routes.ChargeWallet, ChargeAsync)
            .Accepts<ChargeRequest>(Body.MediaType)
            .Produces<BalanceView>()
            .WithContract(nameof(Routes.ChargeWallet), "Tops the wallet up.", new()
            {
                Parameters = [Parameters.IdempotencyKey],
                Requests = [new("charge", new ChargeRequest(Examples.User, 200_000))],
                Responses = [new("balance", new BalanceView(200_000))],
                Errors = [RefusalCode.NotYours, RefusalCode.LimitReached],
            })
            .Requires(Access.NamedUser);
        api.MapGet(Routes.CheckBalance, CheckAsync)
            .Produces<BalanceView>()
            .WithContract(nameof(Routes.CheckBalance), "The wallet's balance.", new()
            {
                Parameters = [Parameters.UserId],
                Responses = [new("balance", new BalanceView(80_000))],
                Errors = [RefusalCode.NotYours],
            })
            .Requires(Access.NamedUser);
        api.MapGet(Routes.ListLedger, ListAsync)
            .Produces<Paged<LedgerEntryView>>()
            .WithContract(nameof(Routes.ListLedger), "My wallet's entries, newest first.", new()
            {
                Parameters = Parameters.Paging,
                Responses = [new("page", new Paged<LedgerEntryView>([Examples.Use, Examples.Charge], null))],
            })
            .Requires(Access.Known);
    }

    internal async Task<IResult> ChargeAsync(Call call, Body<ChargeRequest> body) => call.NotNamedUser(body.Value.UserId, out var userId) is { } wrong
        ? wrong
        : body.Value.Amount is { } amount ? (await wallets.ChargeAsync(call.CallerFor(userId), amount, call.Aborted)).ToReply()
        : ChargeRequest.NoAmount;

    internal async Task<IResult> CheckAsync(Call call, QueryText userId) => call.NotNamedUser(userId.Text, out var user) is { } wrong
        ? wrong
        : (await wallets.BalanceAsync(call.CallerFor(user), call.Aborted)).ToReply();

    internal async Task<IResult> ListAsync(Call call, PageQuery page) =>
        (await wallets.HistoryAsync(call.Caller(), page.Continuation, page.Limit, call.Aborted)).ToReply();
}
