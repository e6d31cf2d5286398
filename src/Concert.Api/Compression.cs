using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Concert.Api;

/// <summary>
/// Compresses where asked for and worth it: a compressor costs more than the few hundred bytes that most answers have. Also over TLS: what could be
/// guessed from lengths (BREACH) needs a secret and an attacker's text in one body, and credentials that a browser sends by itself; no body here has both.
/// </summary>
internal sealed class Compression(IServiceProvider services) : ResponseCompressionProvider(services, Options.Create(Settings))
{
    private const int WorthIt = 1024;

    private static ResponseCompressionOptions Settings => new()
    {
        EnableForHttps = true,
        MimeTypes = ["application/json", "application/problem+json", "text/html", "text/css", "text/javascript", "image/svg+xml", "text/csv"],
    };

    public override bool ShouldCompressResponse(HttpContext context) => context.Response.ContentLength is null or >= WorthIt && base.ShouldCompressResponse(context);
}
