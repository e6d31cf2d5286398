using System.Security.Cryptography;
using System.Text;
using Concert.Booking.WaitingRoom;
using Microsoft.Extensions.Options;

namespace Concert.Api.Filters;

/// <summary>Decides whether the caller may call an operation, before its handler runs.</summary>
public enum Access
{
    Anonymous,

    /// <summary>The request names its user; where the platform knows one, it must be the same.</summary>
    NamedUser,

    /// <summary>A genuine queue token, or the platform's identity.</summary>
    Known,

    /// <summary>A genuine queue token, in whatever state.</summary>
    Token,

    /// <summary>An ACTIVE queue token of the line that the call is about.</summary>
    Admitted,

    Admin,
}

/// <summary>Lets nobody past who may not call, before anything else of the request is looked at.</summary>
internal sealed class AccessFilter(AccessControl control, Access access, EndpointFilterDelegate next)
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context) =>
        control.Admit(context.GetArgument<Call>(0), access) is { } denied ? new(denied) : next(context);
}

/// <summary>Establishes who calls. Tokens are the waiting room's own and end with it, so they are no authentication scheme of the framework's.</summary>
internal sealed class AccessControl(TokenSigner tokens, IOptions<AdminOptions> admin, IOptions<IdentityOptions> identity)
{
    public const string TokenHeader = "queue-token";
    public const string AdminHeader = "x-admin-key";
    public const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL-ID";

    private readonly byte[] _adminKey = SHA256.HashData(Encoding.UTF8.GetBytes(admin.Value.Key));
    private readonly bool _hasPlatform = identity.Value.Mode == IdentityMode.Platform;

    /// <summary>Fills in the caller; or says why not.</summary>
    public Problem? Admit(Call call, Access access) => access switch
    {
        Access.Anonymous => null,
        Access.NamedUser => RequirePlatformUser(call),
        Access.Known => RequirePlatformUser(call) ?? ReadToken(call, required: !_hasPlatform),
        Access.Token or Access.Admitted => RequirePlatformUser(call) ?? ReadToken(call, required: true),
        Access.Admin => RequireAdminKey(call.Http.Request.Headers),
        _ => throw new ArgumentOutOfRangeException(nameof(access), access, null),
    };

    private Problem? RequirePlatformUser(Call call)
    {
        // Without the platform in front, anybody could send this header: then it is nobody's word.
        if (!_hasPlatform)
        {
            return null;
        }

        var principal = call.Http.Request.Headers[PrincipalHeader];
        if (principal.Count != 1 || Text.ReadUserId(principal[0]) is not { Refusal: null } user)
        {
            return Problem.From(new Refusal(RefusalCode.NoToken, "Sign in first."));
        }

        call.PlatformUser = user.Value;
        return null;
    }

    private Problem? ReadToken(Call call, bool required)
    {
        var header = call.Http.Request.Headers[TokenHeader];
        if (header.Count == 0 || header is [null or ""])
        {
            return required ? Problem.From(new Refusal(RefusalCode.NoToken, "Send the queue token in the header queue-token.")) : null;
        }

        if (header is not [{ Length: <= ApiLimits.SecretLength } token])
        {
            return Problem.Invalid($"The header {TokenHeader} must be given once, with at most {ApiLimits.SecretLength} characters.");
        }

        var verified = tokens.Verify(token);
        if (verified.IsRefused(out var refusal))
        {
            // Who the platform knows need not prove it with a token that has merely grown old.
            return !required && refusal.Code == RefusalCode.TokenExpired ? null : Problem.From(refusal);
        }

        if (call.PlatformUser is not null && verified.Value.UserId != call.PlatformUser)
        {
            return Problem.From(new Refusal(RefusalCode.BadToken, "The queue token belongs to another user."));
        }

        call.Claims = verified.Value;
        call.Token = token;
        return null;
    }

    private Problem? RequireAdminKey(IHeaderDictionary headers)
    {
        var header = headers[AdminHeader];
        if (header.Count == 0 || header is [null or ""])
        {
            return Challenge(RefusalCode.NoToken, "Send the admin key in the header x-admin-key.");
        }

        if (header is not [{ Length: <= ApiLimits.SecretLength } key])
        {
            return Problem.Invalid($"The header {AdminHeader} must be given once, with at most {ApiLimits.SecretLength} characters.");
        }

        // Hashes have one length, so the comparison's time says nothing about the key.
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), _adminKey)
            ? null
            : Challenge(RefusalCode.BadToken, "The admin key is wrong.");
    }

    private static Problem Challenge(RefusalCode code, string detail) => Problem.From(new Refusal(code, detail)) with { Challenge = "AdminKey realm=\"concert\"" };
}
