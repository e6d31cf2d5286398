using System.Security.Cryptography;
using System.Text;
using Concert.Api.Requests;
using Concert.Api.Responses;
using Concert.Booking.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Concert.Api.Identity;

/// <summary>Establishes who calls, before anything else of the request is looked at.</summary>
internal sealed class Gatekeeper(IQueueUseCases queue, IOptions<AdminOptions> admin, IOptions<IdentityOptions> identity)
{
    public const string TokenHeader = "queue-token";
    public const string AdminHeader = "x-admin-key";
    public const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL-ID";

    private readonly byte[] _adminKey = SHA256.HashData(Encoding.UTF8.GetBytes(admin.Value.Key));
    private readonly bool _hasPlatform = identity.Value.Mode == IdentityMode.Platform;

    /// <summary>Fills in the caller; or says why not.</summary>
    public ApiReply? Admit(ApiCall call) => call.Operation.Access switch
    {
        Access.Anonymous => null,
        Access.NamedUser => RequirePlatformUser(call),
        Access.Known => RequirePlatformUser(call) ?? ReadToken(call, required: !_hasPlatform),
        Access.Token or Access.Admitted => RequirePlatformUser(call) ?? ReadToken(call, required: true),
        Access.Admin => RequireAdminKey(call.Http.Request.Headers),
        _ => throw new InvalidOperationException($"{call.Operation.Name} has no known access."),
    };

    private ApiReply? RequirePlatformUser(ApiCall call)
    {
        // Without the platform in front, anybody could send this header: then it is nobody's word.
        if (!_hasPlatform)
        {
            return null;
        }

        var principal = call.Http.Request.Headers[PrincipalHeader];
        if (principal.Count != 1 || Text.WrongId("user", principal[0], ApiLimits.UserIdLength) is not null)
        {
            return new Refusal(RefusalCode.NoToken, "Sign in first.");
        }

        call.PlatformUser = principal[0];
        return null;
    }

    private ApiReply? ReadToken(ApiCall call, bool required)
    {
        var header = call.Http.Request.Headers[TokenHeader];
        if (header.Count == 0 || header is [null or ""])
        {
            return required ? (ApiReply)new Refusal(RefusalCode.NoToken, "Send the queue token in the header queue-token.") : null;
        }

        if (header is not [{ Length: <= ApiLimits.SecretLength } token])
        {
            return Problem.Invalid($"The header {TokenHeader} must be given once, with at most {ApiLimits.SecretLength} characters.");
        }

        var verified = queue.Verify(token);
        if (verified.IsRefused(out var refusal))
        {
            // Who the platform knows need not prove it with a token that has merely grown old.
            return !required && refusal.Code == RefusalCode.TokenExpired ? null : (ApiReply)refusal;
        }

        if (call.PlatformUser is not null && verified.Value.UserId != call.PlatformUser)
        {
            return new Refusal(RefusalCode.BadToken, "The queue token is another user's.");
        }

        call.Claims = verified.Value;
        call.Token = token;
        return null;
    }

    private ApiReply? RequireAdminKey(IHeaderDictionary headers)
    {
        var header = headers[AdminHeader];
        if (header.Count == 0 || header is [null or ""])
        {
            return Challenge(new Refusal(RefusalCode.NoToken, "Send the admin key in the header x-admin-key."));
        }

        if (header is not [{ Length: <= ApiLimits.SecretLength } key])
        {
            return Problem.Invalid($"The header {AdminHeader} must be given once, with at most {ApiLimits.SecretLength} characters.");
        }

        // Hashes have one length, so the comparison's time says nothing about the key.
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _adminKey)
            ? null
            : Challenge(new Refusal(RefusalCode.BadToken, "The admin key is wrong."));
    }

    private static ApiReply Challenge(Refusal refusal)
    {
        ApiReply reply = refusal;
        return reply.With("WWW-Authenticate", "AdminKey realm=\"concert\"");
    }
}
