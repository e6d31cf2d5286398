using System.IO.Compression;
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

    /// <summary>From here on a fast compressor leaves too much to send: the map of a house of 200,000 seats has 25 MB.</summary>
    private const int Large = 1024 * 1024;

    private static readonly DenseBrotli Dense = new();

    private static ResponseCompressionOptions Settings => new()
    {
        EnableForHttps = true,
        MimeTypes = ["application/json", "application/problem+json", "text/html", "text/css", "text/javascript", "image/svg+xml", "text/csv"],
    };

    public override bool ShouldCompressResponse(HttpContext context) => context.Response.ContentLength is null or >= WorthIt && base.ShouldCompressResponse(context);

    public override ICompressionProvider? GetCompressionProvider(HttpContext context) =>
        base.GetCompressionProvider(context) is var chosen && chosen is BrotliCompressionProvider && context.Response.ContentLength >= Large ? Dense : chosen;

    /// <summary>Half the size of the fastest, for several times its work.</summary>
    private sealed class DenseBrotli : ICompressionProvider
    {
        private static readonly BrotliCompressionOptions Settings = new() { Quality = 5 };

        public string EncodingName => "br";

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new BrotliStream(outputStream, Settings, leaveOpen: true);
    }
}
