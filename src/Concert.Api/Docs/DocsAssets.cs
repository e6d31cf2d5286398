using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Concert.Api.Docs;

/// <summary>A file of the docs. <see cref="Gzip"/> is the same packed, where it came packed.</summary>
internal sealed record DocsAsset(string ContentType, byte[] Plain, byte[]? Gzip);

/// <summary>The browsable contract's files, all out of assemblies: nothing is fetched from elsewhere.</summary>
internal static class DocsAssets
{
    /// <summary>Scripts and styles come from here only; Swagger UI draws from data URIs.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Package = "Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.";

    // Only these leave the assembly, whatever else a version of the package has in it.
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["swagger-ui.css"] = "text/css; charset=utf-8",
        ["swagger-ui-bundle.js"] = "text/javascript; charset=utf-8",
        ["favicon-32x32.png"] = "image/png",
    };

    /// <summary>These are ours.</summary>
    private static readonly Dictionary<string, string> Ours = new(StringComparer.Ordinal)
    {
        ["start.js"] = "text/javascript; charset=utf-8",
        ["stand-ins.js"] = "text/javascript; charset=utf-8",
        ["walk.js"] = "text/javascript; charset=utf-8",
        ["walk.css"] = "text/css; charset=utf-8",
    };

    private static readonly ConcurrentDictionary<string, DocsAsset> Loaded = new(StringComparer.Ordinal);
    private static readonly Lazy<string> Template = new(() => Encoding.UTF8.GetString(Read(typeof(DocsAssets).Assembly, "page.html")));

    /// <summary>The page.</summary>
    /// <param name="docs">The address of its files, without a slash at the end.</param>
    /// <param name="contract">The address of the contract.</param>
    /// <param name="identity">How the host knows who calls.</param>
    public static byte[] Page(string docs, string contract, IdentityMode identity) => Encoding.UTF8.GetBytes(Template.Value
        .Replace("{docs}", WebUtility.HtmlEncode(docs))
        .Replace("{contract}", WebUtility.HtmlEncode(contract))
        .Replace("{examples}", WebUtility.HtmlEncode(Examples.OfAHost))
        .Replace("{identity}", identity.ToString()));

    public static DocsAsset? Find(string name) =>
        Ours.TryGetValue(name, out var type) ? Loaded.GetOrAdd(name, n => new(type, Read(typeof(DocsAssets).Assembly, n), null))
        : Known.TryGetValue(name, out type) ? Loaded.GetOrAdd(name, n => Load(n, type))
        : null;

    public static bool AcceptsGzip(StringValues acceptEncoding) =>
        StringWithQualityHeaderValue.TryParseList([.. acceptEncoding.Select(v => v ?? "")], out var codings)
        && codings.Any(c => c.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && c.Quality is not 0);

    private static DocsAsset Load(string name, string type)
    {
        var bytes = Read(typeof(SwaggerUIOptions).Assembly, Package + name);
        return bytes is [0x1F, 0x8B, ..] ? new(type, Unpack(bytes), bytes) : new(type, bytes, null);
    }

    private static byte[] Unpack(byte[] gzip)
    {
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No file {name} in {assembly.GetName().Name}.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
