using Concert.Api.Json;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Reservations;
using Concert.Booking.Shared;
using Concert.Booking.Wallets;

namespace Concert.Api.Operations;

internal static class WalletOperations
{
    private const string Tag = "Wallet";

    public static IReadOnlyList<ApiOperation> All() =>
    [
        new()
        {
            Name = OperationNames.ChargeWallet,
            Method = "POST",
            Route = "api/user/charge",
            Access = Access.NamedUser,
            Tag = Tag,
            Summary = "Tops the wallet up.",
            Parameters = [Parameters.IdempotencyKey],
            Request = new(ApiJson.Wire.ChargeRequest, ("charge", new ChargeRequest(Examples.User, 200_000))),
            Response = new(ApiJson.Wire.BalanceView, ("balance", new BalanceView(200_000))),
            Errors = [RefusalCode.NotYours, RefusalCode.LimitReached],
            Handler = ChargeAsync,
        },
        new()
        {
            Name = OperationNames.CheckBalance,
            Method = "GET",
            Route = "api/user/check",
            Access = Access.NamedUser,
            Tag = Tag,
            Summary = "The wallet's balance.",
            Parameters = [Parameters.UserId],
            Response = new(ApiJson.Wire.BalanceView, ("balance", new BalanceView(80_000))),
            Errors = [RefusalCode.NotYours],
            Handler = CheckAsync,
        },
        new()
        {
            Name = OperationNames.ListLedger,
            Method = "GET",
            Route = "api/user/history",
            Access = Access.Known,
            Tag = Tag,
            Summary = "My wallet's entries, newest first.",
            Parameters = Parameters.Paging,
            Response = new(ApiJson.Wire.PagedLedgerEntryView, ("page", new Paged<LedgerEntryView>([Examples.Use, Examples.Charge], null))),
            Handler = ListAsync,
        },
    ];

    private static async Task<ApiReply> ChargeAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Wire.ChargeRequest);
        if (body.IsRefused(out var problem) || (problem = call.NotNamedUser(body.Value.UserId)) is not null)
        {
            return problem;
        }

        if (body.Value.Amount is not { } amount)
        {
            return Problem.Invalid("amount is needed: a whole number of won.");
        }

        var charged = await call.UseCases.Wallets.ChargeAsync(call.CallerFor(body.Value.UserId!), amount, call.Aborted);
        return charged.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, charged.Value, ApiJson.Wire.BalanceView);
    }

    private static async Task<ApiReply> CheckAsync(ApiCall call)
    {
        var user = call.Query("userId");
        if (user.IsRefused(out var problem) || (problem = call.NotNamedUser(user.Value)) is not null)
        {
            return problem;
        }

        var balance = await call.UseCases.Wallets.BalanceAsync(call.CallerFor(user.Value!), call.Aborted);
        return balance.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, balance.Value, ApiJson.Wire.BalanceView);
    }

    private static async Task<ApiReply> ListAsync(ApiCall call)
    {
        var page = call.Page();
        if (page.IsRefused(out var problem))
        {
            return problem;
        }

        var found = await call.UseCases.Wallets.HistoryAsync(call.Caller(), page.Value.Continuation, page.Value.Limit, call.Aborted);
        return found.IsRefused(out var refusal) ? refusal : ApiReply.Data(200, found.Value, ApiJson.Wire.PagedLedgerEntryView);
    }
}
