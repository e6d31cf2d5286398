using Azure.Core;

namespace Concert.Azure.Tests;

/// <summary>Signs anybody in, and counts.</summary>
internal sealed class AnyCredential : TokenCredential
{
    private int _asked;

    public int Asked => _asked;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return new AccessToken("any", DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
